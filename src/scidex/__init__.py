"""SciDEX."""
