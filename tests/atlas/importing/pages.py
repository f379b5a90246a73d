"""Pages written for the tests, in the forms a visitor's copy comes in. Wording and topics are made up."""

from __future__ import annotations

import json

from scidex.atlas.importing import ParsedSource, Unreadable, parse_source
from scidex.atlas.importing.findings import CODES
from scidex.atlas.importing.markdown_blocks import is_inert
from scidex.atlas.kinds.page import PageBody

THERAPY = """📗 Cite This Artifact
Lumen Patch Therapy
Lumen Patch Therapy
Introduction
<table class="infobox infobox-therapeutic">
<tr>
<th class="infobox-header" colspan="2">Lumen Patch Therapy</th>
</tr>
<tr>
<td class="label">Name</td>
<td><strong>Lumen Patch Therapy</strong></td>
</tr>
<tr><td class="label">Type</td><td>Therapeutic</td></tr>
</table>
Overview
A lumen patch is a thin film that gives off light inside the skull, and it is worn for weeks [1, 2]. [@mori2031]
Molecular Mechanisms
Light Uptake
Opsins in the film turn blue light into current [3-5]. The current is weak. [@mori2031; @ilic2032]
Heat Relief
The film carries heat away from [cortex](/entities/cortex) within minutes [6].
Clinical Applications
Winter Stupor
Two small studies found more wakefulness [7]. Both lasted a month. [@ilic2032]
Administration Routes
- Scalp placement (most often used)
- Burr hole (for deep targets)
Adverse Effects
- Itching
- Bright dreams (rare) [8]
See Also
- [Warm Patch](/therapeutics/warm-patch)
References
1. Mori A. Films of light. 2031. doi:10.1234/film.1
2. Ilic B. More films. PMID: 123456
[@mori2031]: Mori A, the same in full. https://example.org/mori
Related Hypotheses
From the exchange — scored by nobody
- [Light feeds sleep](/hypothesis/h-00aa11bb) — <span style="color:#fff">0.61</span> · Target: OPN4
- [No score here](/hypothesis/h-00aa11cc)
Related Analyses:
- [Dream diaries](/analysis/SDA-2031-gap-001) ✅
- [Scalp maps](/analysis/SDA-2031-gap-002) 🔄
▸Metadataorigin_type: v1_backfill
| slug | therapeutics-lumen-patch |
| kg_node_id | ent-77 |
| entity_type | therapeutic |
| origin_type | v1_backfill |
| wiki_page_id | wp-0102 |
| reviewed | True |
| __merged_from | {'merged_at': '2031-02-03', 'unprefixed_id': 'lumen-patch'} |
| _schema_version | 2 |
No provenance edges found
Use ?embed=1 to load the artifact without chrome.
<iframe src="http://old.example/artifact/wiki-therapeutics-lumen-patch?embed=1" width="100%"></iframe>
[Lumen Patch Therapy](http://old.example/artifact/wiki-therapeutics-lumen-patch)
http://old.example/artifact/wiki-therapeutics-lumen-patch
"""

GENE = """🔖 Cite this page
GLM7
Introduction
<table class="infobox infobox-gene"><tr><th colspan="2">GLM7</th></tr><tr><td>Symbol</td><td>GLM7</td></tr></table>
GLM7 is a gene that was made up for a test.
Function
Glimmer Transport
It moves glimmer through the wall of the cell [1].
Disease Association
Grey Sight
Carriers see less colour [2].
Expression
It is found in the retina.
slug notes
▸ Metadata
slug\tgenes-glm7
entity_type\tgene
No provenance edges found
"""

MARKDOWN = """---
title: Ember Infusion
entity_type: therapy
slug: therapeutics-ember-infusion
aliases: [ember, ember-2]
infobox:
  Name: Ember Infusion
  Doses: 3
references:
  - {key: ada2030, text: "Ada. Embers. 10.1000/ember", url: "https://example.org/ember"}
related:
  - {target: /hypothesis/h-12345678, title: Embers warm, reason: same pathway, score: "0.5"}
metadata: {version: 1.5, date: 2031-01-01, count: 4, none: null, flag: true}
---

The lead stands here [@ada2030].

## Mechanism of Action

- **Warmth**: it warms the tissue [1]
- Glow (faint)

## Side Effects

- Warm hands

## Code

Write `<b>` as it is.

```html
<script>shown()</script>
```
"""


def read(text: str, name: str = "page.txt") -> ParsedSource:
    """Parse a text and check what holds for every source."""
    return checked(text.encode(), name)


def codes(source: ParsedSource) -> set[str]:
    """The codes of all findings."""
    return {finding.code for finding in source.findings}


def sections(source: ParsedSource) -> list[str]:
    """The heading lines of the body."""
    return [line for line in str(source.content["body"]).split("\n") if line.startswith("#")]


def native(source: ParsedSource) -> bytes:
    """The JSON export of a parsed page."""
    export = {"format": "scidex/1", "kind": source.kind, "aliases": list(source.aliases), "content": source.content}
    return json.dumps(export, ensure_ascii=False, indent=1).encode()


def checked(data: bytes, name: str) -> ParsedSource:
    """Parse, and assert what must hold whatever the input: valid, in range, inert, documented, and stable."""
    lines = data.count(b"\n") + data.count(b"\r") + 1
    try:
        source = parse_source(data, name)
    except Unreadable as refusal:
        assert refusal.problem  # noqa: PT017 - checked on the way out
        assert refusal.cure  # noqa: PT017 - checked on the way out
        assert 0 <= refusal.line <= lines  # noqa: PT017 - checked on the way out
        raise
    body = PageBody.model_validate(source.content)
    assert body.title
    body_lines = body.body.split("\n")
    paths = [part.path for part in source.parts]
    assert len(paths) == len(set(paths))
    for part in source.parts:
        assert 1 <= part.span.first <= part.span.last <= lines, part
        if part.path.startswith("body:"):
            first, last = map(int, part.path[5:].split("-"))
            assert body_lines[first - 1], part
            assert body_lines[last - 1], part
    for finding in source.findings:
        assert finding.code in CODES
        assert finding.message
        assert finding.action
        assert finding.shown
        assert finding.span is None or 1 <= finding.span.first <= finding.span.last <= lines, finding
    assert is_inert(body.lead), body.lead
    assert is_inert(body.body), body.body
    if source.shape != "json":
        assert parse_source(native(source), "x.json").content == source.content
    return source
