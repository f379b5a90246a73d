"""How an artifact is cited: as a CSL record, in the head of its page for reference managers, and as files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from scidex.atlas.bibliography.formats import FORMATS
from scidex.atlas.citing import json_ld, json_ld_script, meta_tags
from scidex.atlas.queries import ArtifactView, cited_record

DOWNLOADS = (("bib", "BibTeX", "bibtex"), ("ris", "RIS", "ris"), ("csl.json", "CSL-JSON", "csl-json"))
"""What a citation is offered as: the end of its address, its name for readers, the format's name."""


@dataclass(frozen=True, slots=True)
class Cited:
    """What stands in the head of an artifact's page."""

    meta: tuple[tuple[str, str], ...]
    json_ld: Markup
    downloads: tuple[tuple[str, str], ...]


def cite_artifact(view: ArtifactView, base: str) -> Cited:
    """What the page's head says about the artifact."""
    item = cited_record(view, base, pinned=False)
    address = f"{base}/artifact/{view.head.id}"
    return Cited(
        tuple(meta_tags(item, url=address)),
        Markup(json_ld_script(json_ld(item, url=address))),  # noqa: S704 (escaped for this very place)
        tuple((end, label) for end, label, _ in DOWNLOADS),
    )


def as_file(item: dict[str, Any], format_name: str) -> str:
    """The record in a file format. The text ends with a line feed."""
    return "".join(FORMATS[format_name].write([item]))
