"""One key for the many ways an artifact is named: identifiers, slugs and the paths of older sites. Pure.

``/wiki/therapeutics-x``, ``wiki-therapeutics-x``, ``therapeutics-x`` and ``/therapeutics/x`` all mean the same page.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from scidex.atlas.bibliography.identifiers import WorkId
from scidex.kernel.errors import Invalid
from scidex.kernel.ids import ArtifactId

GREATEST_LENGTH = 300
# First segments of legacy paths whose slug carries them as a prefix, and those that only say the kind.
SECTIONS = ("therapeutics", "diseases", "entities", "genes", "proteins", "mechanisms", "cell-types")
_PLAIN = ("wiki", "artifact", "hypothesis", "analysis")
# Cheap, since it is asked of every link: what follows may be the identifier of a work.
_MAY_BE_WORK = re.compile(
    r"(?:doi|pmid|pubmed|pmcid|nct|arxiv|isbn|openalex|info|urn)[ :]|10\.\d|pmc\d+$|nct\d{8}$|w\d{5,12}$"
    r"|https?://[\w.]{0,30}(?:doi|nih|europepmc|clinicaltrials|arxiv|openalex)\.",
    re.IGNORECASE,
)
_UNSAFE = re.compile(r"[^\w.:-]+")


# The same few thousand names come back in every page of an import and of a site.
@lru_cache(maxsize=16_384)
def alias_key(reference: str) -> str:
    """The key of `reference`: lower case, one form for all spellings. Raises Invalid if nothing is left of it.

    >>> {alias_key(r) for r in ("/wiki/therapeutics-x", "wiki-therapeutics-x", "/therapeutics/X/", "therapeutics-x")}
    {'therapeutics-x'}
    >>> alias_key("/hypothesis/h-4BB7FD8C")
    'h-4bb7fd8c'
    """
    if len(reference) > 4 * GREATEST_LENGTH:
        raise Invalid("A reference of this length names nothing.", cure=f"Keep it under {GREATEST_LENGTH} characters.")
    text = unicodedata.normalize("NFC", reference.strip())
    if exact := _exact_name(text):
        return exact
    try:
        path = urlsplit(text).path if "/" in text else text
    except ValueError:
        path = text
    segments = [unquote(segment) for segment in path.split("/") if segment]
    if len(segments) > 1 and segments[0].casefold() in _PLAIN:
        segments = segments[1:]
    key = _UNSAFE.sub("-", "-".join(segments).casefold()).strip("-")
    while key.startswith("wiki-"):
        key = key.removeprefix("wiki-").strip("-")
    if not key or len(key) > GREATEST_LENGTH:
        raise Invalid(
            f"“{reference[:60]}” names nothing.",
            cure="Give an id, an alias such as wiki-…, or a path such as /diseases/….",
        )
    return key


def _exact_name(text: str) -> str:
    """Identifiers of works and citation keys are names to the letter: two DOIs may differ in a bracket only.

    >>> _exact_name("https://doi.org/10.1002/(SICI)1097"), _exact_name("@Shi2010"), _exact_name("diseases-als")
    ('doi:10.1002/(sici)1097', '@shi2010', '')
    """
    if text[:1] == "@":
        key = _UNSAFE.sub("-", text[1:].casefold()).strip("-")
        return f"@{key}" if key and len(key) < GREATEST_LENGTH else ""
    if _MAY_BE_WORK.match(text):
        try:
            return str(WorkId.parse(text))
        except Invalid:
            return ""
    return ""


def legacy_paths(key: str) -> tuple[str, ...]:
    """The old addresses at which `key` is reached, the most telling first.

    >>> legacy_paths("diseases-als")
    ('/diseases/als', '/wiki/diseases-als')
    """
    if key.startswith("h-"):
        return (f"/hypothesis/{key}",)
    if key.startswith("sda-"):
        return (f"/analysis/{key.upper().replace('GAP', 'gap')}",)
    if ArtifactId.matches(key) or key.startswith(("wp-", "@")) or ":" in key:
        return ()
    for section in SECTIONS:
        if key.startswith(f"{section}-"):
            return (f"/{section}/{key.removeprefix(section + '-')}", f"/wiki/{key}")
    return (f"/wiki/{key}",)
