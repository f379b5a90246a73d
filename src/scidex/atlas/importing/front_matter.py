"""The YAML block at the top of a Markdown page: read as text, whole numbers, true, false and nothing else.

Anchors, aliases and tags are refused (a few lines of them can stand for gigabytes), and so is deep nesting. Numbers
with a point and dates stay the text that was written.
"""

from __future__ import annotations

import re

import yaml

from scidex.atlas.importing.model import Unreadable

_LONGEST = 256_000
_DEEPEST = 12
_CURE = "correct the front matter: `key: value` lines between two lines of `---`"

try:
    from yaml import CSafeLoader as _FastLoader
except ImportError:  # pragma: no cover - PyYAML without its C part
    from yaml import SafeLoader as _FastLoader  # type: ignore[assignment]


class _PlainLoader(_FastLoader):
    """Resolves nothing but whole numbers, true, false and null, so that what is written is what is read."""


_PlainLoader.yaml_implicit_resolvers = {}
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|false|False)$"), list("tTfF"))
_PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]{0,14})$"), list("-0123456789")
)
_PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|None|)$"), ["~", "n", "N", ""]
)


def split_front_matter(text: str) -> tuple[str, int]:
    """The YAML of a page and the number of lines it takes with its two rulers; nothing and 0 if there is none."""
    lines = text.split("\n", 1)
    if lines[0].rstrip() != "---" or len(lines) < 2:
        return "", 0
    end = re.search(r"^(?:---|\.\.\.)[ \t]*$", lines[1], re.MULTILINE)
    if end is None:
        raise Unreadable("the front matter is never closed", line=1, cure="end it with a line of `---`")
    front = lines[1][: end.start()]
    return front, front.count("\n") + 2


def read_front_matter(front: str) -> tuple[dict[str, object], dict[str, int]]:
    """The mapping and, for each of its keys, the source line. Raises Unreadable with the line of a mistake."""
    if len(front) > _LONGEST:
        problem = f"the front matter has {len(front)} characters; at most {_LONGEST} are read"
        raise Unreadable(problem, line=1, cure="move long text below the front matter")
    try:
        _refuse_expansion(front)
        found = yaml.load(front, Loader=_PlainLoader)  # noqa: S506 - a safe loader that does even less
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line = mark.line + 2 if mark is not None else 1 + front.count("\n", 0, getattr(error, "position", 0) or 0)
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is not YAML"
        raise Unreadable(f"the front matter cannot be read: {what}", line=max(line, 1), cure=_CURE) from None
    except (RecursionError, ValueError):
        raise Unreadable("the front matter cannot be read", line=1, cure=_CURE) from None
    if found is None:
        return {}, {}
    if not isinstance(found, dict):
        raise Unreadable("the front matter is not a list of `key: value` lines", line=2, cure=_CURE)
    lines: dict[str, int] = {}
    for number, line in enumerate(front.split("\n"), 2):
        key = re.match(r"[\"']?([A-Za-z_][\w .-]{0,80}?)[\"']?\s*:", line)
        if key:
            lines.setdefault(key.group(1), number)
    return {str(key)[:200]: value for key, value in found.items()}, lines


def _refuse_expansion(front: str) -> None:  # noqa: C901 - one pass over the events of a parser
    depth = 0
    keys: list[set[str] | None] = []
    expects_key: list[bool] = []
    for event in yaml.parse(front, Loader=_FastLoader):
        line = (event.start_mark.line if event.start_mark else 0) + 2
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            problem = "the front matter uses a YAML anchor or alias"
            raise Unreadable(problem, line=line, cure="write the value out where it belongs")
        if getattr(event, "tag", None) and not isinstance(event, yaml.DocumentStartEvent):
            raise Unreadable("the front matter uses a YAML tag", line=line, cure="remove the tag (the word behind `!`)")
        if isinstance(event, yaml.ScalarEvent):
            if expects_key and expects_key[-1]:
                names = keys[-1]
                if names is not None and event.value in names:
                    problem = f"the front matter has the key “{event.value[:60]}” twice"
                    raise Unreadable(problem, line=line, cure="keep one of them")
                if names is not None:
                    names.add(event.value)
            _turn(keys, expects_key)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if expects_key and expects_key[-1] and keys[-1] is not None:
                raise Unreadable("the front matter has a key that is not a word", line=line, cure=_CURE)
            depth += 1
            if depth > _DEEPEST:
                problem = f"the front matter is nested deeper than {_DEEPEST} levels"
                raise Unreadable(problem, line=line, cure="flatten it")
            mapping = isinstance(event, yaml.MappingStartEvent)
            keys.append(set() if mapping else None)
            expects_key.append(mapping)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            depth -= 1
            keys.pop()
            expects_key.pop()
            _turn(keys, expects_key)


def _turn(keys: list[set[str] | None], expects_key: list[bool]) -> None:
    """In a mapping, a value follows a key and a key a value."""
    if keys and keys[-1] is not None:
        expects_key[-1] = not expects_key[-1]
