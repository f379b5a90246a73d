"""Data that the package carries, by room. Loaded like anything from outside: checked, and with an origin."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def content_folder(room: str, name: str) -> Path:
    """The folder of bundled files, such as ``content_folder("atlas", "pages")``."""
    return Path(str(resources.files("scidex") / "content" / room / name))
