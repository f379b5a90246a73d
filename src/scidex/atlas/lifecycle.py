"""The life of an artifact: which state may follow which. Pure."""

from __future__ import annotations

from scidex.atlas.kinds.base import State
from scidex.kernel.errors import Conflict

# What may be done to an artifact in each state. Nothing here is final: `reinstate` and `unmerge` undo each move and
# lead back to the state before it, so the ways back are not listed.
MOVES: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.PUBLISHED, State.MERGED, State.TOMBSTONE}),
    State.PUBLISHED: frozenset({State.SUPERSEDED, State.RETRACTED, State.MERGED, State.TOMBSTONE}),
    State.SUPERSEDED: frozenset({State.RETRACTED, State.MERGED, State.TOMBSTONE}),
    State.RETRACTED: frozenset({State.MERGED, State.TOMBSTONE}),
    State.MERGED: frozenset(),
    State.TOMBSTONE: frozenset(),
}

# States in which a new version may be written. The others are left first, by undoing what led there.
REVISABLE = frozenset({State.DRAFT, State.PUBLISHED})

# Not listed and not found, though their addresses answer.
HIDDEN = (State.MERGED, State.TOMBSTONE)
# States in which what an artifact says still counts for others: a draft does not yet, what was withdrawn no more.
SPEAKING = (State.PUBLISHED, State.SUPERSEDED)

_FIRST = {State.MERGED: "Undo the merge first.", State.TOMBSTONE: "Reinstate it first."}


def check_move(name: str, before: State, after: State) -> None:
    """Raises Conflict if the artifact called `name` may not go from `before` to `after`."""
    if after not in MOVES[before]:
        ways = ", ".join(sorted(MOVES[before]))
        cure = f"From {before} it can become: {ways}." if ways else _FIRST[before]
        raise Conflict(f"“{name}” is {before} and cannot become {after}.", cure=cure)


def check_revisable(name: str, state: State) -> None:
    """Raises Conflict if no new version of `name` may be written in `state`."""
    if state not in REVISABLE:
        cures = {
            State.MERGED: "Undo the merge, or revise the artifact it was merged into.",
            State.TOMBSTONE: "Reinstate it first.",
            State.RETRACTED: "Reinstate it first.",
            State.SUPERSEDED: "Reinstate it, or revise the artifact that superseded it.",
        }
        raise Conflict(f"“{name}” is {state}; no new version can be written.", cure=cures[state])
