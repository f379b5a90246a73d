"""Settle a quarantined row: it was corrected elsewhere, or it is no edge."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas import edge_store
from scidex.kernel.actions import Command, Result, Work, action


class SettleQuarantine(Command):
    """`row` is the number that the list of quarantined rows shows."""

    row: int = Field(ge=1, lt=10**15)
    reason: str = Field(min_length=1, max_length=1000)


class SettledQuarantine(Result):
    """How many rows still wait."""

    row: int
    waiting: int


@action("edge.settle", "Settle a quarantined row", command=SettleQuarantine, result=SettledQuarantine)
def settle(command: SettleQuarantine, work: Work) -> SettledQuarantine:
    """Takes the row off the list; it stays readable."""
    return SettledQuarantine(row=command.row, waiting=edge_store.settle(work, command.row, command.reason))
