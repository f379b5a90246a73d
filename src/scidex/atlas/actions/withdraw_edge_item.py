"""Withdraw one item that an edge rests on; an edge that rests on nothing any more is out of view."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas import edge_store
from scidex.kernel.actions import Command, Result, Work, action


class WithdrawEdgeItem(Command):
    """`item` is the number the edge's page shows. Evidence with an id of its own is retracted like any artifact."""

    edge: str = Field(description="The edge, such as edge:12.")
    item: int = Field(ge=1, lt=10**15, description="Which of its items.")
    reason: str = Field(min_length=1, max_length=1000)


class WithdrawnEdgeItem(Result):
    """Whether the edge still stands."""

    edge: str
    stands: bool


@action("edge.withdraw", "Withdraw what an edge rests on", command=WithdrawEdgeItem, result=WithdrawnEdgeItem)
def withdraw(command: WithdrawEdgeItem, work: Work) -> WithdrawnEdgeItem:
    """Ends the item; it stays readable in the past."""
    stands = edge_store.withdraw(work, command.edge, command.item, command.reason)
    return WithdrawnEdgeItem(edge=command.edge, stands=stands)
