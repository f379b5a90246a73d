"""What a question to the library is, how it is read, what is searched, and which passage is shown. Pure.

The index itself stands behind `scidex.atlas.searching.ports`; `scidex.atlas.queries.search` keeps it up to date and asks.
"""
