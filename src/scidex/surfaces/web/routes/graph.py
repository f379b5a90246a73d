"""The knowledge graph: an entity's edges as list and drawing, edges with their evidence, paths, conflicts, work queues."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from markupsafe import Markup
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scidex.atlas import queries
from scidex.atlas.graph.categories import LABELS, category_of
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.drawing import DrawnEdge, draw_neighbourhood, draw_paths
from scidex.atlas.graph.formats import FORMATS
from scidex.atlas.graph.model import Entity
from scidex.atlas.graph.predicates import MEANINGS, Predicate, predicate_of
from scidex.atlas.queries import EdgeView, EntityView, Neighbourhood, Paths, Shared
from scidex.kernel.errors import Invalid, NotFound
from scidex.surfaces.web.routes.artifact import asked_moment, asked_number
from scidex.surfaces.web.site import Answer, Site, json_answer, wants_json

_PER_PAGE = 50
_DRAWN = 40
_EXPORTED = 20_000


def start(site: Site, request: Request) -> Response:
    """``/graph``: what is in the graph, and where to begin; ``?q=`` leads to an entity."""
    asked = request.query_params.get("q", "").strip()[:300]

    def make(connection: Connection, base: str) -> Answer:
        found = queries.entities_called(connection, asked) if asked else ()
        document = {
            "entities": queries.entity_count(connection),
            "edges": queries.edge_count(connection),
            "quarantined": queries.quarantine_count(connection),
            "found": [queries.entity_document(view) for view in found],
        }
        if wants_json(request):
            return json_answer(document)
        busiest = queries.busiest_entities(connection, limit=12)
        return site.page("graph.html", base, asked=asked, found=found, busiest=busiest, counts=document, labels=LABELS)

    return site.answer(request, make)


def entity(site: Site, request: Request) -> Response:
    """``/graph/{ref}``: the edges of an entity, filtered and by the page, with a drawing; ``.svg`` is the drawing alone."""
    given = request.path_params["ref"]
    form = next((each for each in (".json", ".svg") if given.endswith(each)), "")
    reference = given.removesuffix(form)
    names = ("predicate", "category", "direction", "stance", "cursor")
    asked = {name: request.query_params.get(name, "").strip() for name in names}
    embedded = request.query_params.get("embed", "") not in ("", "0")
    as_of = asked_moment(request)

    def make(connection: Connection, base: str) -> Answer:
        centre = queries.entities_named(connection, reference, as_of=as_of)
        if request.query_params.get("hops") == "2" and (form == ".json" or wants_json(request)):
            edges = queries.two_hops(connection, centre, as_of=as_of)
            return json_answer({"edges": [queries.edge_document(edge) for edge in edges]})
        page = queries.neighbourhood(
            connection,
            centre,
            predicate=predicate_of(asked["predicate"]).predicate if asked["predicate"] else None,
            category=category_of(asked["category"]) if asked["category"] else None,
            direction=asked["direction"],
            stance=asked["stance"],
            cursor=asked["cursor"],
            limit=_PER_PAGE,
            as_of=as_of,
        )
        if form == ".json" or wants_json(request):
            return json_answer(queries.neighbourhood_document(page))
        if form == ".svg":
            return Answer(_drawing(page, base), "image/svg+xml; charset=utf-8", framable=True)
        kept = {name: value for name, value in asked.items() if value and name != "cursor"}
        if as_of is not None:
            kept["as_of"] = request.query_params["as_of"]
        template = "graph-embed.html" if embedded else "graph-entity.html"
        html = site.render(
            template,
            base=base,
            centre=page.centre[0],
            merged=page.centre[1:],
            page=page,
            drawing=_drawing(page),
            narrow=_drawing(page, narrow=True),
            asked=asked,
            as_of=as_of,
            totals=_totals(page),
            labels=LABELS,
            more=f"?{urlencode({**kept, 'cursor': page.next})}" if page.next else "",
            address=f"/graph/{quote(page.centre[0].curie, safe=':')}",
            conflicts=queries.conflicts(connection, about=centre, limit=10) if as_of is None else (),
        )
        return Answer(html, framable=embedded)

    return site.answer(request, make)


def edge(site: Site, request: Request) -> Response:
    """``/edge/{number}``: what an edge states, what it rests on, and where that leaves it."""
    given = request.path_params["number"]
    as_of = asked_moment(request)

    def make(connection: Connection, base: str) -> Answer:
        view = queries.edge_view(connection, given.removesuffix(".json"), as_of=as_of)
        if given.endswith(".json") or wants_json(request):
            return json_answer(queries.edge_document(view))
        against = queries.conflicts_with(connection, view)
        return site.page("edge.html", base, edge=view, against=against, labels=LABELS)

    return site.answer(request, make)


def path(site: Site, request: Request) -> Response:
    """``/path?from=…&to=…``: how one entity leads to another, with the passage on each step, and what both share."""
    ends = [request.query_params.get(name, "").strip()[:300] for name in ("from", "to")]
    hops = asked_number(request, "hops") or queries.MOST_HOPS
    strongest = request.query_params.get("by", "") == "strongest"
    as_of = asked_moment(request)

    def make(connection: Connection, base: str) -> Answer:
        found, both = Paths((), complete=True, visited=0), tuple[Shared, ...]()
        views: list[tuple[EntityView, ...]] = []
        problem = ""
        if all(ends):
            try:
                views = [queries.entities_meant(connection, each, as_of=as_of) for each in ends]
                found = queries.paths(connection, *views, hops=hops, strongest=strongest, as_of=as_of)
                both = queries.shared(connection, *views, limit=10, as_of=as_of)
            except (NotFound, Invalid) as error:
                if wants_json(request):
                    raise
                problem = f"{error.message} {error.cure}".strip()
        if wants_json(request):
            return json_answer(queries.paths_document(found) | queries.shared_document(both))
        return site.page(
            "path.html",
            base,
            ends=ends,
            views=[each[0] for each in views],
            found=found,
            both=both,
            drawing=_drawn_paths(found) if found.paths else "",
            narrow=_drawn_paths(found, narrow=True) if found.paths else "",
            hops=hops,
            most=queries.MOST_HOPS,
            strongest=strongest,
            problem=problem,
        )

    return site.answer(request, make)


def closure(site: Site, request: Request) -> Response:
    """``/graph/{ref}/closure?predicate=…``: everything a transitive relation leads to."""
    predicate = predicate_of(request.query_params.get("predicate", "") or "subclass_of").predicate
    down = request.query_params.get("down", "") not in ("", "0")
    as_of = asked_moment(request)

    def make(connection: Connection, base: str) -> Answer:
        centre = queries.entities_named(connection, request.path_params["ref"], as_of=as_of)
        found = queries.closure(connection, centre, predicate, down=down, as_of=as_of)
        if wants_json(request):
            return json_answer([queries.entity_document(view) | {"steps": steps} for view, steps in found])
        words = MEANINGS[predicate].words[1 if down else 0]
        able = [each for each, meaning in MEANINGS.items() if meaning.transitive]
        return site.page(
            "closure.html", base, centre=centre[0], found=found, words=words, predicate=predicate, down=down, able=able
        )

    return site.answer(request, make)


def conflicts(site: Site, request: Request) -> Response:
    """``/conflicts``: pairs of edges that cannot both hold."""
    after = asked_number(request, "after") or 0

    def make(connection: Connection, base: str) -> Answer:
        found = queries.conflicts(connection, limit=_PER_PAGE, after=after)
        if wants_json(request):
            return json_answer(queries.conflicts_document(found))
        more = found[-1].one.number if len(found) == _PER_PAGE else 0
        return site.page("conflicts.html", base, found=found, more=more)

    return site.answer(request, make)


def quarantine(site: Site, request: Request) -> Response:
    """``/quarantine``: rows of files that could not become edges, with reason and cure."""
    after = asked_number(request, "after") or 0

    def make(connection: Connection, base: str) -> Answer:
        rows = queries.quarantined(connection, limit=_PER_PAGE, after=after)
        total = queries.quarantine_count(connection)
        if wants_json(request):
            return json_answer({"rows": [queries.quarantined_document(row) for row in rows], "waiting": total})
        more = rows[-1].number if len(rows) == _PER_PAGE else 0
        return site.page("quarantine.html", base, rows=rows, total=total, more=more)

    return site.answer(request, make)


def names(site: Site, request: Request) -> Response:
    """``/names``: names in the library that nobody knows."""
    offset = (asked_number(request, "from") or 1) - 1

    def make(connection: Connection, base: str) -> Answer:
        found, total = queries.unresolved_names(connection, limit=_PER_PAGE, offset=offset)
        if wants_json(request):
            return json_answer(queries.unresolved_document(found, total))
        more = offset + _PER_PAGE + 1 if offset + _PER_PAGE < total else 0
        return site.page("names.html", base, found=found, total=total, more=more)

    return site.answer(request, make)


def export(site: Site, request: Request) -> Response:
    """``/graph-export/{form}``: the edges (of ``?entity=``) in a file format, up to 20,000; the command line writes all."""
    form = request.path_params["form"]
    if form not in FORMATS:
        raise NotFound(f"Graphs are not written as {form[:30]}.", cure=f"Known formats: {', '.join(FORMATS)}.")
    reference = request.query_params.get("entity", "").strip()

    def make(connection: Connection, _base: str) -> Answer:
        centre = queries.entities_named(connection, reference) if reference else ()
        # Of an entity, those that are out of view are counted too: few, and quickly known.
        total = sum(each.degree for each in centre) if centre else queries.edge_count(connection)
        if total > _EXPORTED:
            raise Invalid(
                f"{total:,} edges are too many for one answer.", cure="`scidex graph export` writes them all."
            )
        chosen = FORMATS[form]
        text = "".join(chosen.write(queries.exported_edges(connection, centre)))
        return Answer(text, f"{chosen.media_types[0]}; charset=utf-8", filename=f"graph{chosen.extensions[0]}")

    return site.answer(request, make)


def _drawing(page: Neighbourhood, base: str = "", *, narrow: bool = False) -> Markup:
    drawn = [drawn_edge(edge) for edge in page.edges[:_DRAWN]]
    more = max(0, sum(page.totals.values()) - len(drawn))
    centre = entity_value(page.centre[0])
    # Drawn by us, with every name escaped.
    return Markup(draw_neighbourhood(centre, drawn, href=lambda id_: base + _address(id_), more=more, narrow=narrow))  # noqa: S704


def _drawn_paths(found: Paths, *, narrow: bool = False) -> Markup:
    return Markup(draw_paths([_drawn_path(each) for each in found.paths], href=_address, narrow=narrow))  # noqa: S704


def _address(id_: str) -> str:
    return f"/edge/{id_.removeprefix('edge:')}" if id_.startswith("edge:") else f"/graph/{quote(id_, safe=':')}"


def entity_value(view: EntityView) -> Entity:
    """An entity as it is drawn."""
    return Entity(Curie(view.curie), view.name, view.category)


def drawn_edge(edge: EdgeView) -> DrawnEdge:
    """An edge as it is drawn."""
    return DrawnEdge(
        name=str(edge.number),
        subject=entity_value(edge.subject),
        predicate=edge.predicate,
        object=entity_value(edge.object),
        negated=edge.negated,
        verdict=edge.verdict,
        aspect=edge.qualifiers.aspect,
    )


def _drawn_path(found: queries.Path) -> tuple[tuple[Entity, ...], tuple[DrawnEdge, ...]]:
    return tuple(map(entity_value, found.nodes)), tuple(map(drawn_edge, found.edges))


def _totals(page: Neighbourhood) -> Sequence[tuple[Predicate, str, str, int, bool]]:
    """Relation, direction, words, number, and whether it is more than that; the busiest first."""
    counted = [
        (
            predicate,
            side,
            MEANINGS[predicate].words[0 if side == "out" else 1],
            min(number, queries.COUNTED),
            number > queries.COUNTED,
        )
        for (predicate, side), number in page.totals.items()
    ]
    return sorted(counted, key=lambda row: (-row[3], row[2]))
