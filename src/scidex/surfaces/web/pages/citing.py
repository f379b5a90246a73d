"""How an artifact is cited: as a CSL record, in the head of its page for reference managers, and as files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from scidex.atlas.bibliography.formats import FORMATS
from scidex.atlas.citing import cited_item, json_ld, json_ld_script, meta_tags
from scidex.atlas.queries import ArtifactView

DOWNLOADS = (("bib", "BibTeX", "bibtex"), ("ris", "RIS", "ris"), ("csl.json", "CSL-JSON", "csl-json"))
"""What a citation is offered as: the end of its address, its name for readers, the format's name."""


@dataclass(frozen=True, slots=True)
class Cited:
    """The record of an artifact and what stands in the head of its page."""

    item: dict[str, Any]
    meta: tuple[tuple[str, str], ...]
    json_ld: Markup
    downloads: tuple[tuple[str, str], ...]


def item_of(view: ArtifactView, base: str, *, pinned: bool) -> dict[str, Any]:
    """The artifact as a CSL record: the work itself if it is one, else the artifact, pinned to a version or the latest.

    What somebody's software added to the record (``custom``) is no part of a citation.
    """
    csl = view.content.get("csl")
    return cited_item(
        artifact_id=view.head.id,
        kind=view.head.kind,
        title=view.version.title,
        version=view.version.number,
        pinned=pinned,
        base_url=base,
        created_by=view.created_by.actor,
        recorded_at=view.version.recorded_at,
        content_hash=view.version.content_hash,
        csl={name: value for name, value in csl.items() if name != "custom"} if csl else None,
    )


def cite_artifact(view: ArtifactView, base: str) -> Cited:
    """What the page's head says about the artifact."""
    item = item_of(view, base, pinned=False)
    address = f"{base}/artifact/{view.head.id}"
    return Cited(
        item,
        tuple(meta_tags(item, url=address)),
        Markup(json_ld_script(json_ld(item, url=address))),  # noqa: S704 (escaped for this very place)
        tuple((end, label) for end, label, _ in DOWNLOADS),
    )


def as_file(item: dict[str, Any], format_name: str) -> str:
    """The record in a file format. The text ends with a line feed."""
    write = FORMATS[format_name].write
    return "".join(write([item])) if write is not None else ""
