"""Routing: a state machine against a slow and obvious model of what the contract promises."""
