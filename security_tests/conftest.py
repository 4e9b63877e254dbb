"""The security suite's plugin."""

pytest_plugins = ["suites.plugin"]
