"""`python -m golive` is `golive`."""

from golive.main import app

app()
