"""What the service decides: state, commands and rules, without I/O."""
