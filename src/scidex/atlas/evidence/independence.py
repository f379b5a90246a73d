"""One cohort is counted once: sources that share people form a group, and groups are what is counted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from scidex.atlas.evidence.model import Source

_SEPARATORS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Independence:
    """How many sources there are and how many of them are independent.

    `groups` are the sources that share people, each group and all groups in order of their ids; `effective` is how many
    groups. `by_size` is Kish's effective number (Survey Sampling 1965, section 11.7; (Σw)² / Σw²) of the groups weighted
    by their size, in thousandths and rounded down; None unless the size of each group is known. It is at most `effective`
    and says how much one large study outweighs the others.
    """

    count: int
    effective: int
    groups: tuple[tuple[str, ...], ...]
    by_size: int | None


class Grouping:
    """Groups of sources that share people, as sources come to be known one after the other."""

    def __init__(self, sources: Iterable[Source] = ()) -> None:
        self._parents: dict[str, str] = {}
        # By the root of each group, the least id of its sources.
        self._least: dict[str, str] = {}
        for source in sources:
            self.add(source)

    def add(self, source: Source) -> bool:
        """Takes a source in; says whether groups that were there are another one now, or have another name.

        A source may be told again, and of more people.
        """
        name = _name("source", source.id)
        touched = [name]
        touched += [_name("registry", each) for each in source.registry_ids if _names_something(each)]
        touched += [_name("cohort", each) for each in source.cohorts if _names_something(each)]
        touched += [_name("source", each) for each in source.linked if _names_something(each)]
        roots = {_find(self._parents, each) for each in touched}
        before = [self._least.pop(root) for root in roots if root in self._least]
        for other in touched[1:]:
            _join(self._parents, name, other)
        least = min([source.id, *before])
        self._least[_find(self._parents, name)] = least
        return before not in ([], [least])

    def of(self, source: str) -> str:
        """The group of a source that was told: the least id in it."""
        return self._least[_find(self._parents, _name("source", source))]


def effective_sources(sources: Iterable[Source]) -> Independence:
    """The groups among `sources`. A source given twice is one; links to sources that are not given still join.

    The order of the sources does not matter, and a link more never raises the number.
    """
    grouping = Grouping()
    sizes: dict[str, int | None] = {}
    for source in sources:
        sizes[source.id] = max((size for size in (sizes.get(source.id), source.size) if size is not None), default=None)
        grouping.add(source)
    members: dict[str, list[str]] = {}
    for each in sorted(sizes):
        members.setdefault(grouping.of(each), []).append(each)
    groups = tuple(sorted(tuple(group) for group in members.values()))
    return Independence(len(sizes), len(groups), groups, _kish([_size(group, sizes) for group in groups]))


def _names_something(name: str) -> bool:
    return any(map(str.isalnum, name))


def _size(group: tuple[str, ...], sizes: dict[str, int | None]) -> int | None:
    """The largest study of a group: the others are its parts or its later reports."""
    known = [size for each in group if (size := sizes[each]) is not None]
    return max(known, default=None)


def _kish(sizes: list[int | None]) -> int | None:
    known = [size for size in sizes if size is not None and size > 0]
    if not known or len(known) < len(sizes):
        return None
    return 1000 * sum(known) ** 2 // sum(size * size for size in known)


def _name(sort: str, text: str) -> str:
    """Source ids are exact; names of registries and cohorts are compared without case, spaces and hyphens."""
    if sort == "source":
        return f"source {text}"
    return f"{sort} {_SEPARATORS.sub('', unicodedata.normalize('NFKC', text)).casefold()}"


def _find(parents: dict[str, str], name: str) -> str:
    root = name
    while (above := parents.setdefault(root, root)) != root:
        root = above
    while parents[name] != root:
        parents[name], name = root, parents[name]
    return root


def _join(parents: dict[str, str], one: str, other: str) -> None:
    first, second = sorted((_find(parents, one), _find(parents, other)))
    parents[second] = first
