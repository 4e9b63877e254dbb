"""How the harness talks to a system under test."""
