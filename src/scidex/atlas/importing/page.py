"""The last step of every shape: fields and text become a validated page body and its report."""

from __future__ import annotations

from scidex.atlas.importing.assemble import Assembled
from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.infobox import Infobox
from scidex.atlas.importing.metadata import Metadata
from scidex.atlas.importing.model import ParsedSource, Part, Span
from scidex.atlas.kinds.page import EntityType, PageBody

_LONGEST_TITLE = 500


def short_title(title: str, span: Span | None, ledger: Ledger) -> str:
    """The title, cut where it is longer than any title."""
    if len(title) <= _LONGEST_TITLE:
        return title
    message = f"the title has {len(title)} characters"
    ledger.add("field-cut", message, span=span, action=f"cut to {_LONGEST_TITLE}", shown="its beginning")
    return title[:_LONGEST_TITLE].rstrip()


def finished(
    shape: str,
    title: str,
    slug: str,
    entity_type: EntityType,
    infobox: Infobox,
    metadata: Metadata,
    page: Assembled,
    aliases: tuple[str, ...],
    parts: list[Part],
    ledger: Ledger,
    entity: str = "",
) -> ParsedSource:
    """Put everything into one `ParsedSource`."""
    entity = entity or metadata.text("kg_node_id")
    if not entity:
        action = "left open"
        ledger.add(
            "no-entity", "no entity of the knowledge graph is named", action=action, shown="“not linked to an entity”"
        )
    merged = metadata.merged_from
    if merged and slug and merged.merged_id == slug:
        message = f"merged from “{merged.merged_id}”, which is this page's own identifier"
        span = metadata.merged_span
        ledger.add("merge-into-itself", message, span=span, action="kept the note", shown="the note as it is")
    body = PageBody(
        title=title,
        slug=slug,
        entity_type=entity_type,
        entity=entity,
        lead=page.lead,
        infobox=tuple(infobox.fields),
        body=page.body,
        records=tuple(page.records),
        references=tuple(page.references),
        related=tuple(page.related.items),
        metadata=tuple(metadata.fields),
        merged_from=merged,
    )
    every = [*parts, *infobox.parts, *page.parts, *metadata.parts()]
    neighbours = tuple(page.related.neighbours)
    return ParsedSource(shape, "page", body.model_dump(mode="json"), aliases, tuple(every), neighbours, ledger.close())
