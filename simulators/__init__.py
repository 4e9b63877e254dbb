"""Makes traffic, judges nothing."""
