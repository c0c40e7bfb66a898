"""`python -m redress` is the redress command."""

from redress.cli import app

app()
