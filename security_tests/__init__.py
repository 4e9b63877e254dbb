"""The security suite: properties of the filter and of routing, and attacks, on any target."""
