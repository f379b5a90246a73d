"""`python -m scidex` is the `scidex` program."""

from scidex.main import cli

cli()
