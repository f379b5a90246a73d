"""One file per group of addresses: read the request, ask the queries, hand a context to a template."""
