"""The composition root: settings, database, catalogue and surfaces are put together here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import metadata as package_metadata
from typing import Any

import scidex.agora.actions
import scidex.atlas.actions
from scidex.agora.queries import Board
from scidex.atlas.citing import CitationStyles
from scidex.atlas.graph.ports import Ontology, OntologyIndex
from scidex.atlas.graph.synonyms import synonyms
from scidex.atlas.ports import Lookup
from scidex.atlas.searching.ports import Searching
from scidex.kernel.actions import Catalogue, Command, Door, Verb
from scidex.kernel.clock import Clock, SystemClock
from scidex.kernel.errors import Forbidden
from scidex.kernel.ids import ActorId
from scidex.kernel.installation import Installation
from scidex.kernel.settings import Settings
from scidex.kernel.storage.engine import Storage
from scidex.kernel.storage.migrate import migrate
from scidex.kernel.workflows import Workflows
from scidex.surfaces.cli.program import program
from scidex.workflows.import_paths import ImportPaths

VERSION = package_metadata.version("scidex")
_SOFTWARE_MAY = frozenset(
    {
        "import.store",
        "artifact.create",
        "artifact.revise",
        "artifact.alias",
        "bibliography.store",
        "claim.add",
        "claim.judge",
        "claim.load",
        "evidence.add",
        "evidence.judge",
        "correction.propose",
        "edge.add",
        "edge.load",
        "entity.add",
        "grounding.store",
        "hypothesis.load",
        "debate.open",
        "debate.argue",
        "debate.turn",
        "debate.contest",
        "debate.certify",
    }
)


def permit(actor: ActorId, verb: Verb, _command: Command) -> None:
    """People of this machine may do everything; programs may add, but not merge, retract or remove."""
    if actor.type == "software" and verb.name not in _SOFTWARE_MAY:
        raise Forbidden(f"{actor} may not perform {verb.name}.", cure="Ask a person to do it.")


def catalogue() -> Catalogue:
    """Every verb there is."""
    return Catalogue.collect(scidex.atlas.actions, scidex.agora.actions)


def open_installation(settings: Settings, *, clock: Clock | None = None) -> Installation:
    """Opens (and, when new, creates) the SciDEX that `settings` name."""
    settings.data.mkdir(parents=True, exist_ok=True)
    storage = Storage(settings.sqlalchemy_url)
    migrate(storage)
    door = Door(
        storage,
        catalogue(),
        clock=clock or SystemClock(),
        permission=permit,
        method=f"scidex {VERSION}",
    )
    stories: dict[str, Any] = {ImportPaths.name: ImportPaths(door)}
    workflows = Workflows(settings, stories, version=VERSION)
    actor = ActorId.parse(settings.actor)
    return Installation(settings, storage, door, workflows, actor, VERSION, _services(settings))


def _services(settings: Settings) -> dict[type[Any], Callable[[], Any]]:
    """The adapters to the outside. Imported and opened when they are first asked for: most commands never do."""

    @cache
    def styles() -> CitationStyles:
        from scidex.adapters.citation_styles import CslStyles  # noqa: PLC0415

        return CslStyles()

    @cache
    def lookup() -> Lookup:
        from scidex.adapters.lookup import open_lookup  # noqa: PLC0415

        return open_lookup(
            enabled=settings.lookup,
            contact=settings.contact,
            ncbi_key=settings.ncbi_key,
            openalex_key=settings.openalex_key,
            data=settings.data,
            version=VERSION,
        )

    @cache
    def searching() -> Searching:
        from scidex.adapters.embeddings import open_embedder  # noqa: PLC0415
        from scidex.adapters.text_index import TantivyIndex  # noqa: PLC0415

        folder = settings.data / "search"
        return Searching(TantivyIndex(folder), open_embedder(folder), synonyms(ontology()))

    @cache
    def ontology() -> Ontology:
        from scidex.adapters.ontologies import open_ontology  # noqa: PLC0415

        return open_ontology(settings.data)

    def ontology_index() -> OntologyIndex:
        from scidex.adapters.ontologies import Index  # noqa: PLC0415

        return Index(settings.data)

    board = Board()
    return {
        Board: lambda: board,
        CitationStyles: styles,
        Lookup: lookup,
        Ontology: ontology,
        OntologyIndex: ontology_index,
        Searching: searching,
    }


def serve(installation: Installation, host: str, port: int) -> None:
    """Serves the site until it is stopped."""
    # Imported here: the other commands need no web server.
    from scidex.surfaces.web.server import run  # noqa: PLC0415

    run(installation, host, port)


def cli() -> None:
    """The `scidex` program."""
    program(open_installation, serve, VERSION, catalogue())
