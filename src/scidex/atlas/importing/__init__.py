"""Reads foreign files into artifact bodies. Pure: bytes in, values out, no database, no network."""
