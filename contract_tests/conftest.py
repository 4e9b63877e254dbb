"""The contract suite's plugin."""

pytest_plugins = ["suites.plugin"]
