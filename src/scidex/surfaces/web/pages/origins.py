"""From a part of a version's content to the lines of the file it came from."""

from __future__ import annotations

from bisect import bisect_right

from scidex.atlas.queries import OriginView


class Origins:
    """The origins of one version, ready to be asked. Answers are (address, words) or None."""

    def __init__(self, views: tuple[OriginView, ...]) -> None:
        self.views = views
        self._parts: dict[str, tuple[str, str]] = {}
        blocks: dict[int, tuple[int, str, str]] = {}
        for view in views:
            for path, place in view.parts.items():
                if path.startswith("body:"):
                    first, _, last = path.removeprefix("body:").partition("-")
                    blocks[int(first)] = (int(last), view.used.id, place)
                else:
                    self._parts[path] = (view.used.id, place)
        self._starts = sorted(blocks)
        self._blocks = [blocks[start] for start in self._starts]

    def of(self, path: str) -> tuple[str, str] | None:
        """Where the part at `path` came from."""
        found = self._parts.get(path)
        return _address(*found) if found else None

    def of_block(self, first: int, last: int) -> tuple[str, str] | None:
        """Where lines `first` to `last` of the body came from."""
        index = bisect_right(self._starts, last) - 1
        if index < 0 or self._blocks[index][0] < first:
            return None
        _, used, place = self._blocks[index]
        return _address(used, place)


def _address(used: str, place: str) -> tuple[str, str]:
    spans = [span.split("-") for span in place.split(",")]
    words = ", ".join(first if first == last else f"{first}–{last}" for first, last in spans)
    line = spans[0][0]
    plural = "line" if words.isdigit() else "lines"
    return f"/artifact/{used}/source?line={line}#L{line}", f"{plural} {words} of the source"
