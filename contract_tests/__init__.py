"""The contract suite: what a black box can see of every promise, on any target."""
