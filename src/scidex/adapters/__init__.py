"""What stands between SciDEX and outside services. Each adapter fills a port of a room; no room imports an adapter."""
