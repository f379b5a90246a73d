"""Compact URIs: ``MONDO:0004975`` instead of an address, the same for every spelling, held to the registry of prefixes.

Prefixes and patterns are those of the Bioregistry (Hoyt 2022, doi:10.1038/s41597-022-01807-3).
"""

from __future__ import annotations

from typing import Self

OWN = "scidex"
"""The prefix of entities that no registry has a number for; what follows is a slug of the name."""


class Curie(str):
    """A compact URI in its one spelling."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """The compact URI in `text`. Raises Invalid if the prefix is unknown or the rest does not fit its pattern."""
        raise NotImplementedError

    @property
    def prefix(self) -> str:
        """The part before the colon."""
        return self.partition(":")[0]

    @property
    def local(self) -> str:
        """The part after the colon."""
        return self.partition(":")[2]
