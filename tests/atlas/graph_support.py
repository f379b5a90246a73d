"""Tools of the graph's tests: three entities, a work with its full text, and what is read of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from scidex.atlas import queries
from scidex.atlas.queries import EdgeView, EntityView
from scidex.kernel.ids import ActorId
from scidex.kernel.installation import Installation

ADA = ActorId("person:ada")
TEXT = "Bone marrow stromal cells secrete brain-derived neurotrophic factor. They do not express NT-3."
QUOTE = "Bone marrow stromal cells secrete brain-derived neurotrophic factor."
MSC, BDNF, ALS = "CL:0000134", "HGNC:1033", "MONDO:0004976"


def perform(scidex: Installation, verb: str, **command: Any) -> Any:
    return scidex.door.perform(verb, command, ADA)


def add_entities(scidex: Installation) -> None:
    perform(scidex, "entity.add", curie=MSC, name="mesenchymal stem cell", category="Cell")
    perform(scidex, "entity.add", curie=BDNF, name="BDNF", category="Gene")
    perform(scidex, "entity.add", curie=ALS, name="amyotrophic lateral sclerosis", category="Disease")


def add_work(scidex: Installation) -> str:
    csl = {"type": "article-journal", "title": "Stromal cells", "PMID": "16336965"}
    made: str = perform(scidex, "artifact.create", kind="paper", content={"csl": csl}).id
    perform(scidex, "paper.confirm", ref=made, source="https://example.org/")
    perform(scidex, "paper.attach", ref=made, text=TEXT, keep=True, licence="CC BY 4.0")
    return made


def view(scidex: Installation, name: str, **as_of: Any) -> EdgeView:
    with scidex.storage.read() as connection:
        return queries.edge_view(connection, name, **as_of)


def entity(scidex: Installation, reference: str) -> tuple[EntityView, ...]:
    with scidex.storage.read() as connection:
        return queries.entities_named(connection, reference)


def unsealed(connection: Connection, *tables: str) -> None:
    """Takes away what keeps rows of `tables` as they are, as somebody might who has the database in hand."""
    for table in tables:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"DROP TRIGGER {table}_kept ON {table}")
            continue
        for change in ("delete", "update"):
            connection.exec_driver_sql(f"DROP TRIGGER {table}_kept_{change}")
