"""Proves an adapter, line by line, before a suite blames the system behind it: `golive adapter check`."""
