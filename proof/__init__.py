"""Planted bugs, and the proof that each is caught by the promise it breaks."""
