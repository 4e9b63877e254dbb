"""Deliberate disturbances: one small class each, in a chain that starts with "no fault"."""
