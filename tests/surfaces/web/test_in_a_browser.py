"""The site in a real browser: usable by everybody, complete without JavaScript, and nothing a document says is executed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import pairwise

import pytest
from browser_support import chromium, elsewhere
from surface_support import filled, serving

from scidex.atlas.graph.ports import Ontology
from scidex.kernel.content import content_folder
from scidex.kernel.settings import Settings
from scidex.main import open_installation
from scidex.workflows.ground import ground_library
from scidex.workflows.import_graph import import_graph, import_graph_stream

pytestmark = pytest.mark.xdist_group("browser")

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser():
    """One Chromium for all tests of this file."""
    with chromium() as running:
        yield running


class Site:
    """A served library and the ids of what is in it."""

    def __init__(self, base: str, ids: dict[str, str]) -> None:
        self.base = base
        self.ids = ids


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    """The seed page with two versions and the library, in a server process of its own."""
    data = tmp_path_factory.mktemp("served")
    installation = open_installation(Settings(data=data))
    library = filled(installation)
    seed = library.seed
    content = library.json(f"/artifact/{seed}")["content"]
    library.do(
        "artifact.revise", ref=seed, content={**content, "lead": content["lead"] + " One more sentence."}, note="More."
    )
    facts, ontology = content_folder("atlas", "graph") / "stem-cell-therapy.csv", installation.service(Ontology)
    import_graph(installation.door, facts, ontology, actor=installation.actor)
    more = "subject,predicate,object,source\nCL:0000540,increases,CL:0000127,pmid:1\nCL:0000540,decreases,CL:0000127,pmid:1\n"
    more += "CL:0000540,adores,CL:0000127,pmid:1\n"
    import_graph_stream(installation.door, BytesIO(more.encode()), "more.csv", ontology, actor=installation.actor)
    ground_library(installation.door, ontology, actor=installation.actor)
    made = library.json(f"/artifact/{seed}")["origin"]["id"]
    ids = {"seed": seed, "activity": made, "hypothesis": library.id_of("/hypothesis/h-4bb7fd8c")}
    ids["report"] = library.json(f"/artifact/{seed}/report")[0]["id"]
    installation.close()
    with serving(data) as base:
        yield Site(base, ids)


PAGES = {
    "home": "/",
    "browse": "/browse",
    "search": "/search?q=stem+cell",
    "search, nothing found": "/search?q=%2Bmesenchimal",
    "search, nothing asked": "/search",
    "graph": "/graph?q=neuron",
    "graph of an entity": "/graph/CL:0000134",
    "graph to embed": "/graph/CL:0000134?embed=1",
    "edge": "/edge/1",
    "paths": "/path?from=HGNC:1033&to=UBERON:0001013",
    "closure": "/graph/CL:0000134/closure",
    "conflicts": "/conflicts",
    "quarantine": "/quarantine",
    "names": "/names",
    "entity": "/artifact/CL:0000134",
    "artifact": "/artifact/{seed}",
    "old version": "/artifact/{seed}?version=1",
    "hypothesis": "/artifact/{hypothesis}",
    "report artifact": "/artifact/{report}",
    "history": "/artifact/{seed}/history",
    "diff": "/artifact/{seed}/diff",
    "provenance": "/artifact/{seed}/provenance",
    "report": "/artifact/{seed}/report",
    "source": "/artifact/{seed}/source",
    "records": "/records",
    "wanted": "/wanted",
    "unwritten": "/therapeutics/neuroprotection",
    "exchange": "/exchange",
    "activities": "/activities",
    "activity": "/activity/{activity}",
    "agent": "/agent/person:local",
    "error": "/nothing/here",
    "refused": "/artifact/{seed}?version=none",
    "embed": "/artifact/{seed}?embed=1",
}


@contextmanager
def opened(browser, **options):
    """A fresh page; what its console complains about is collected in `page.complaints`."""
    context = browser.new_context(**options)
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.complaints = []
    page.on(
        "console",
        lambda message: (
            page.complaints.append(message.text)
            # A page that is an error is also told of by the browser itself.
            if message.type in ("error", "warning") and "the server responded with a status of 4" not in message.text
            else None
        ),
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    try:
        yield page
    finally:
        context.close()


def address_of(site: Site, name: str) -> str:
    return site.base + PAGES[name].format(**site.ids)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_page_has_a_serious_barrier_a_scroll_to_the_side_or_an_error_in_the_console(browser, site, size, scheme):
    from axe_playwright_python.sync_playwright import Axe

    axe, barriers, wide, complaints = Axe(), [], [], []
    with opened(browser, viewport=size, color_scheme=scheme) as page:
        for name in PAGES:
            page.goto(address_of(site, name))
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append((name, page.evaluate(_TOO_WIDE)))
            complaints += [(name, complaint) for complaint in page.complaints]
            page.complaints.clear()
            for violation in axe.run(page).response["violations"]:
                if violation["impact"] in ("serious", "critical"):
                    nodes = [(node["html"][:160], node["failureSummary"][-200:]) for node in violation["nodes"][:2]]
                    barriers.append((name, violation["id"], len(violation["nodes"]), nodes))
            page.complaints.clear()
    assert not complaints, complaints
    assert not wide, wide
    assert not barriers, "\n".join(map(str, barriers))


_TOO_WIDE = """
() => [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 3).map(e => e.outerHTML.slice(0, 120))
"""


def test_pages_are_complete_without_javascript(browser, site):
    with opened(browser, java_script_enabled=False) as without, opened(browser) as with_:
        for name in PAGES:
            texts = []
            for page in (without, with_):
                page.goto(address_of(site, name))
                texts.append([word for word in page.locator("main").inner_text().split() if word != "Copy"])
            assert texts[0] == texts[1], name
        without.goto(address_of(site, "artifact"))
        assert without.locator("[data-copy]").first.is_hidden()
        with_.goto(address_of(site, "artifact"))
        assert with_.locator("[data-copy]").first.is_visible()


def test_the_search_form_works_without_javascript(browser, site):
    with opened(browser, java_script_enabled=False, viewport=WIDE) as page:
        page.goto(site.base)
        page.fill("#find", "exosome")
        page.press("#find", "Enter")
        assert "/search?q=exosome" in page.url
        assert page.locator("main .hits h2 a", has_text="Exosome Therapy for Neurodegeneration").count() == 1


def test_versions_are_compared_by_the_form_on_the_history(browser, site):
    with opened(browser, java_script_enabled=False, viewport=WIDE) as page:
        page.goto(address_of(site, "history"))
        page.get_by_role("button", name="Compare the two chosen").click()
        assert "old=1" in page.url
        assert "new=2" in page.url
        assert "One more sentence." in page.locator(".diff ins").all_inner_texts()[0]


def test_a_citation_card_shows_on_hover_and_on_keyboard_focus(browser, site):
    for size in (WIDE, PHONE):
        with opened(browser, viewport=size) as page:
            page.goto(address_of(site, "artifact"))
            marker = page.locator("sup.citation").first
            card = marker.locator(".card")
            assert not card.is_visible()
            marker.locator("a").focus()
            card.wait_for(state="visible")
            box = card.bounding_box()
            assert box["x"] >= 0, "the card leaves the screen on the left"
            assert box["x"] + box["width"] <= size["width"], "the card leaves the screen on the right"
            page.locator("h1").first.click()
            marker.locator("a").blur()
            card.wait_for(state="hidden")
            marker.locator("a").hover()
            card.wait_for(state="visible")
            assert marker.locator("a").get_attribute("aria-describedby") == card.get_attribute("id")
            marker.locator("a").click()
            assert "#ref-" in page.url


def test_the_first_tab_reaches_the_skip_link_and_focus_is_visible(browser, site):
    with opened(browser, viewport=WIDE) as page:
        for name in ("home", "artifact", "error"):
            page.goto(address_of(site, name))
            page.keyboard.press("Tab")
            skip = page.locator("a.skip")
            assert skip.evaluate("e => e === document.activeElement"), name
            assert skip.bounding_box()["y"] >= 0, f"{name}: the skip link has focus and cannot be seen"
            page.keyboard.press("Enter")
            assert page.url.endswith("#main")


def test_print_leaves_the_navigation_out_and_the_text_in(browser, site):
    with opened(browser, viewport=WIDE) as page:
        page.goto(address_of(site, "artifact"))
        page.emulate_media(media="print")
        for selector in ("header.site nav", "form.find", "nav.tabs", "a.skip", "[data-copy]"):
            assert not page.locator(selector).first.is_visible(), selector
        assert page.locator("article h2").first.is_visible()
        assert page.locator("#references li").first.is_visible()
        assert len(page.pdf()) > 10_000


def test_the_embed_snippet_works_on_another_site_and_the_page_itself_does_not(browser, site):
    with opened(browser, viewport=WIDE) as page:
        page.goto(address_of(site, "artifact"))
        snippets = page.locator("#share pre").all_text_contents()
    snippet = next(text for text in snippets if text.startswith("<iframe"))
    plain = f'<iframe src="{address_of(site, "artifact")}" id="plain"></iframe>'
    with elsewhere(f"<!doctype html><title>x</title>{snippet}{plain}") as other, opened(browser) as page:
        page.goto(other)
        embedded = page.frame_locator("iframe").first
        embedded.locator("h1").wait_for()
        assert "Mesenchymal" in embedded.locator("h1").inner_text()
        assert embedded.locator("header.site, nav").count() == 0
        assert "rgb" in embedded.locator("body").evaluate("e => getComputedStyle(e).color")
        assert any("frame" in complaint.lower() for complaint in page.complaints), "the plain page was not refused"
        assert "Mesenchymal" not in page.frame_locator("#plain").locator("body").inner_text()


def test_every_page_has_the_landmarks_and_headings_a_screen_reader_steps_through(browser, site):
    with opened(browser, viewport=WIDE) as page:
        for name in PAGES:
            page.goto(address_of(site, name))
            assert page.locator("main").count() == 1, name
            assert page.locator("h1").count() == 1, name
            levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
            assert levels[0] == 1, name
            steps = [(a, b) for a, b in pairwise(levels) if b > a + 1]
            assert not steps, (name, levels)


# --- What documents may not do --------------------------------------------------------------------------------------

HIT = "window.__pwned=1"
ATTACKS = [
    f"<script>{HIT}</script>",
    f"</title><script>{HIT}</script>",
    f"</textarea></pre></code></table><script>{HIT}</script>",
    f'"><img src=x onerror="{HIT}">',
    f"'><svg onload={HIT}>",
    f"<svg><script>{HIT}</script><animate onbegin={HIT} attributeName=x dur=1s></svg>",
    f'<iframe srcdoc="<script>parent.{HIT}</script>"></iframe><iframe src="javascript:parent.{HIT}"></iframe>',
    f"<object data=\"javascript:{HIT}\"></object><embed src='data:text/html,<script>{HIT}</script>'>",
    f"<meta http-equiv=refresh content='0;url=javascript:{HIT}'><meta http-equiv=refresh content='0;url=/pwned'>",
    "<base href='https://evil.example/'><link rel=stylesheet href='https://evil.example/x.css'>",
    f"<form action='javascript:{HIT}'><button formaction='javascript:{HIT}' autofocus>Go</button></form>",
    f"<style>*{{background:url('javascript:{HIT}');x:expression({HIT})}}@import 'https://evil.example/x.css';</style>",
    f"<p style='width:expression({HIT});position:fixed;inset:0' onclick='{HIT}'>p</p>",
    f"<details open ontoggle={HIT}><video><source onerror={HIT}></video><input autofocus onfocus={HIT}></details>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror={HIT}&gt;'>",
    f"<noscript><p title='</noscript><img src=x onerror={HIT}>'></noscript>",
    f"[a](javascript:{HIT}) [b](JaVaScRiPt:{HIT}) [c](<java\tscript:{HIT}>) [d](&#106;avascript:{HIT})",
    f"[e](&#x6A&#x61;vascript&colon;{HIT}) [f](\x01javascript:{HIT}) [g](java%0ascript:{HIT}) [h](//\x09javascript:{HIT})",
    f"[i](data:text/html,<script>{HIT}</script>) [j](vbscript:{HIT}) [k](data:text/html;base64,PHNjcmlwdD4=)",
    f'![x](javascript:{HIT}) ![y](x"onerror={HIT}) <javascript:{HIT}> [l][m]\n\n[m]: javascript:{HIT}',
    f"[n](/x\"onmouseover={HIT}) [o](https://x.example/'onmouseover='{HIT}) [p](https://x.example \"t' onclick={HIT}\")",
    "{{7*7}} ${7*7} {% raw %}{{ config }}{% endraw %} <%= 7*7 %> #{7*7}",
    "]]> <![CDATA[x]]> <!-- --!> <? ?> &lt;script&gt; &amp;lt; \\\" \\' ` </ >",
    "\u202eevil\u202c \u2066x\u2069 \u200b\u200d\ufeff a\u0301\u0302\u0303\u0304",
    f"| a | b |\n|---|---|\n| <script>{HIT}</script> | [x](javascript:{HIT}) |",
    f"```html onload={HIT}\n</code></pre><script>{HIT}</script>\n```",
]
EVERYTHING = "\n\n".join(ATTACKS)


def attacking_content(number: int, attack: str) -> dict:
    """A page whose every field attacks."""
    line = " ".join(attack.split("\n"))
    return {
        "title": line[:400],
        "slug": f"attack-{number}",
        "entity_type": "therapy",
        "entity": line,
        "lead": attack,
        "infobox": [{"label": line, "value": line}, {"label": "Plain", "value": line}],
        "body": f"## {line}\n\n{attack}\n\n- {line}\n\n> {attack}\n\n### [{line}]({line})\n\nText [@k{number}] [1] [/x](/wiki/{line[:40]}).\n",
        "records": [
            {"type": "mechanism", "name": line, "note": line, "section": line, "citations": [line]},
            {"type": "application", "name": line, "subject": line, "section": line},
        ],
        "references": [
            {"key": f"k{number}", "text": line, "url": f"javascript:{HIT}", "doi": line, "pmid": line},
            {"key": line, "text": line, "url": f"https://x.example/{line}", "doi": f"10.1/{line}", "pmid": "1"},
            {"key": "1", "text": "", "url": f"data:text/html,<script>{HIT}</script>", "status": "verified"},
        ],
        "related": [
            {
                "target": f"h-00{number:06x}",
                "title": line,
                "relation": "related_hypothesis",
                "reason": line,
                "score": line,
                "gene_target": line,
            },
            {"target": f"/wiki/{line[:60]}", "title": line, "reason": line, "state": line},
        ],
        "metadata": [{"name": line, "value": line}, {"name": "x", "value": None}],
        "merged_from": {"merged_at": line, "merged_id": line},
    }


def visitors_copy(number: int, attack: str) -> str:
    """The same page as a visitor would copy it."""
    line = " ".join(attack.split("\n"))
    title = f"Copy {number} {line}"
    return "\n".join(
        [
            "📗 Cite This Artifact",
            title,
            title,
            "Introduction",
            '<table class="infobox infobox-therapeutic">',
            "<tr>",
            f'<th class="infobox-header" colspan="2">{line}</th>',
            "</tr>",
            f'<tr><td class="label">{line}</td><td onclick="{HIT}"><strong>{line}</strong></td></tr>',
            "</table>",
            attack,
            "Overview",
            f"A statement [1] [@copy{number}]. {line}",
            attack,
            "See Also",
            f"- [{line}](/therapeutics/{number})",
            f"- [x](javascript:{HIT})",
            "External Links",
            f"- [{line}](https://x.example/{line})",
            "References",
            f"1. {line}",
            "Related Hypotheses",
            "From the [SciDEX Exchange](/exchange) — scored by multi-agent debate",
            f'- [{line}](/hypothesis/h-{number:08x}) — <span style="color:red" onclick="{HIT}">{line}</span> · Target: {line}',
            "Related Analyses:",
            f"- [{line}](/analysis/SDA-2026-04-01-gap-{number:03d}) {line}",
            f"▸Metadataorigin_type: {line}",
            f"| slug | copy-{number} |",
            f"| {line} | {line} |",
            "No provenance edges found",
        ]
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):  # noqa: PLR0915 (a list of all doors)
    """A served library of attacks that came in by every door; gives its address and all pages to look at."""
    import json

    from surface_support import site_of

    data, files = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("attacks")
    installation = open_installation(Settings(data=data))
    actor = installation.actor

    def do(verb, **command):
        return installation.door.perform(verb, command, actor)

    from scidex.workflows.import_paths import ImportPaths, files_under

    groups = [*ATTACKS, EVERYTHING]
    for number, attack in enumerate(groups):
        content = attacking_content(number, attack)
        export = {"format": "scidex/1", "kind": "page", "aliases": [], "content": content}
        name = "".join(c for c in attack[:80] if c not in "/\0\n\x01") + f" {number}"
        (files / f"{name}.json").write_text(json.dumps(export), encoding="utf-8")
        (files / f"{name}.txt").write_text(visitors_copy(number, attack), encoding="utf-8")
        front = f"---\ntitle: {json.dumps(content['title'])}\nslug: front-{number}\n{json.dumps(name)}: {json.dumps(attack)}\n"
        front += f"infobox:\n  {json.dumps(attack[:60])}: {json.dumps(attack)}\n---\n\n"
        (files / f"{name}.md").write_text(front + content["body"], encoding="utf-8")
    outcomes = ImportPaths(installation.door).import_now(files_under([files]), actor=actor)
    taken_in = [outcome for outcome in outcomes if outcome.outcome == "created"]
    assert len(taken_in) > len(groups), [(o.name[-12:], o.problem) for o in outcomes if o.outcome == "refused"]

    content = attacking_content(9000, EVERYTHING)
    made = do("artifact.create", kind="page", content=content, note=ATTACKS[0], aliases=[f"{ATTACKS[3][:100]}"]).id
    do("artifact.revise", ref=made, content={**content, "lead": EVERYTHING + " Changed."}, note=EVERYTHING[:2000])
    other = do("artifact.create", kind="page", content={**content, "slug": "other"}).id
    do("artifact.merge", ref=other, into=made, reason=EVERYTHING[:2000])
    line = " ".join(EVERYTHING.split())
    hypothesis = {"title": line[:400], "statement": EVERYTHING, "gene_target": line, "score": line, "score_note": line}
    idea = do("artifact.create", kind="hypothesis", content=hypothesis).id
    do("artifact.retract", ref=idea, reason=EVERYTHING[:2000])
    gone = do("artifact.create", kind="page", content={**content, "slug": "gone"}).id
    do("artifact.tombstone", ref=gone, reason=EVERYTHING[:2000])
    old = do("artifact.create", kind="page", content={**content, "slug": "old"}).id
    do("artifact.supersede", ref=old, by=made, reason=EVERYTHING[:2000])

    client = site_of(installation)
    log = client.get("/activities", {"accept": "application/json"}).json()
    imported = taken_in[-1].artifact
    report = taken_in[-1].report
    quoted = "/wanted?ref=%2Fwiki%2F%3Cscript%3Ewindow.__pwned=1%3C/script%3E"
    addresses = [f"/artifact/{outcome.artifact}" for outcome in taken_in]
    addresses += [f"/artifact/{one}" for one in (made, idea, gone, old, report)]
    addresses += [f"/artifact/{made}?version=1", f"/artifact/{made}?embed=1", f"/artifact/{other}?redirect=no"]
    addresses += [f"/artifact/{idea}?embed=1", f"/artifact/{imported}?embed=1"]
    for one in (made, imported):
        addresses += [f"/artifact/{one}/{part}" for part in ("history", "diff", "provenance", "report", "source")]
        addresses += [f"/artifact/{one}/provenance.svg"]
    addresses += ["/", "/browse", "/browse?kind=source-file", "/browse?kind=hypothesis", "/records", "/wanted", quoted]
    addresses += ["/exchange", "/activities", f"/activity/{log[0]['id']}", "/agent/person:local"]
    addresses += [
        "/browse?title=%22%3E%3Cscript%3Ewindow.__pwned=1%3C/script%3E",
        "/%3Cscript%3Ewindow.__pwned=1%3C/script%3E",
    ]
    for attack in ATTACKS:
        from urllib.parse import quote

        addresses.append(f"/records?subject={quote(attack)}")
    installation.close()
    with serving(data) as base:
        yield base, addresses


_FOREIGN = """
() => {
  const wrong = [];
  // Of the data block for reference managers there is one, and what it holds is JSON to its end.
  const data = [...document.querySelectorAll("head script[type='application/ld+json']")].slice(0, 1);
  data.forEach((block) => JSON.parse(block.textContent));
  const ours = new Set([...data, ...document.querySelectorAll("head script[src^='/static/'], head link, head meta, head base, head title")]);
  for (const e of document.querySelectorAll("*")) {
    const tag = e.localName;
    if (["script", "iframe", "object", "embed", "style", "meta", "base", "frame", "applet", "math", "link", "video", "audio",
         "animate", "set", "foreignObject"].includes(tag) && !ours.has(e)) wrong.push(e.outerHTML.slice(0, 200));
    for (const a of e.attributes) {
      if (a.name.startsWith("on") || a.name === "style" || a.name === "srcdoc" || a.name === "formaction")
        wrong.push(a.name + ": " + e.outerHTML.slice(0, 200));
      if (["href", "src", "action", "xlink:href", "data"].includes(a.name)) {
        let scheme;
        try { scheme = new URL(a.value, document.baseURI).protocol; } catch { scheme = "none:"; }
        if (!["http:", "https:", "mailto:"].includes(scheme)) wrong.push(a.name + "=" + a.value.slice(0, 120));
        if (["src", "action", "data"].includes(a.name) && new URL(a.value, document.baseURI).origin !== location.origin)
          wrong.push("foreign " + e.outerHTML.slice(0, 200));
      }
    }
    if (tag === "form" && new URL(e.action).origin !== location.origin) wrong.push(e.outerHTML.slice(0, 200));
  }
  return wrong;
}
"""


def test_nothing_that_a_document_says_is_executed_or_becomes_part_of_the_page(browser, hostile):
    base, addresses = hostile
    left: list[str] = []
    with opened(browser, viewport=WIDE) as page:
        page.on("dialog", lambda dialog: (left.append(f"dialog at {page.url}"), dialog.dismiss()))
        page.on("popup", lambda popup: left.append(f"popup {popup.url}"))
        page.on("request", lambda request: left.append(request.url) if not request.url.startswith(base) else None)
        for address in addresses:
            answer = page.goto(base + address)
            assert answer.status < 500, address
            assert page.evaluate("typeof window.__pwned") == "undefined", address
            assert page.evaluate(_FOREIGN) == [], address
            assert page.url.startswith(base + address.partition("?")[0].partition("%")[0]), (address, page.url)
            assert "49" not in page.title() or "{{7*7}}" in page.title(), address
        assert not left, left
        assert not page.complaints, page.complaints


def test_links_in_a_document_can_be_hovered_and_pressed_without_harm(browser, hostile):
    base, addresses = hostile
    left: list[str] = []
    with opened(browser, viewport=WIDE) as page:
        page.on("dialog", lambda dialog: (left.append(f"dialog at {page.url}"), dialog.dismiss()))
        page.route(lambda url: not url.startswith(base), lambda route: route.abort())
        for address in addresses[:6]:
            page.goto(base + address)
            page.evaluate(
                """() => {
                  for (const e of document.querySelectorAll("main *")) {
                    for (const kind of ["mouseover", "focus", "click", "toggle", "error"]) {
                      const event = new MouseEvent(kind, {bubbles: true, cancelable: true});
                      e.addEventListener(kind, x => x.preventDefault());
                      e.dispatchEvent(event);
                    }
                  }
                }"""
            )
            assert page.evaluate("typeof window.__pwned") == "undefined", address
        assert not left, left


def test_titles_are_shown_as_they_were_written(browser, hostile):
    base, addresses = hostile
    with opened(browser, viewport=WIDE) as page:
        page.goto(base + addresses[0])
        assert page.locator("h1").inner_text().strip()
        page.goto(f"{base}/browse?title={{{{7*7}}}}")
        assert "{{7*7}}" in page.locator("main").inner_text()


def test_a_click_in_the_drawing_walks_the_graph_and_back(browser, site):
    with opened(browser, viewport=WIDE) as page:
        page.goto(address_of(site, "graph of an entity"))
        page.locator("[data-graph] .wide-only a[href='/graph/HGNC:1033']").first.click()
        page.wait_for_url("**/graph/HGNC:1033")
        page.locator("h1", has_text="BDNF").wait_for()
        assert page.evaluate("document.activeElement.tagName") == "H1"
        page.go_back()
        page.locator("h1", has_text="mesenchymal stem cell").wait_for()
        assert page.url.endswith("/graph/CL:0000134")
        assert not page.complaints
