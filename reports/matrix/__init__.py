"""The conformance matrix: from a suite's cases to a state for each promise, a verdict, and the files that tell it."""
