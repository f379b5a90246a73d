"""An agent: a person, a program or an organization that acts here and answers for it."""

from __future__ import annotations

from scidex.atlas.kinds.base import Body, Kind


class AgentBody(Body):
    """`actor` is the identifier used in activities (``person:NAME`` …)."""

    name: str
    actor: str
    about: str = ""


KIND = Kind(
    slug="agent",
    label="Agent",
    plural="Agents",
    about="A person, program or organization that acts here and answers for it.",
    body=AgentBody,
    title=lambda body: body.name,
    text=lambda body: body.about,
    example=lambda: AgentBody(name="Local user", actor="person:local"),
)
