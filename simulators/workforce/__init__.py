"""Simulated agents: they sign in through the target's adapter, read, think, type and answer, on one or two devices."""
