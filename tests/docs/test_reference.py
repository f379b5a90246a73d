"""The reference is what the code says, and every link between the pages leads somewhere."""

from __future__ import annotations

import ast
import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

from scidex.kernel.installation import Installation
from scidex.kernel.settings import Settings
from scidex.main import open_installation
from scidex.surfaces.web.app import build
from scidex.surfaces.web.errors import STATUS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    {
        *ROOT.glob("*.md"),
        *DOCS.rglob("*.md"),
        *(ROOT / "changelog.d").glob("*.md"),
        *ROOT.glob("src/scidex/*/README.md"),
    }
)
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\(([^()\s]+)\)")


def generator():
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["cli.md", "kinds.md", "import-findings.md", "errors.md", "api.md"])
def test_a_generated_page_is_up_to_date(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCIDEX_DATA", raising=False)
    written = (DOCS / "reference" / name).read_text(encoding="utf-8")
    assert written == generator().PAGES[name](), "run `.venv/bin/python docs/generate.py`"


def test_every_finding_of_the_import_verb_is_in_the_reference() -> None:
    tree = ast.parse((ROOT / "src/scidex/atlas/actions/import_files.py").read_text(encoding="utf-8"))
    made = {
        (node.args[0].value, node.args[1].attr.lower())
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding"
    }
    assert made == {(code, str(severity)) for code, (severity, _) in generator().VERB_CODES.items()}


@pytest.fixture
def site(tmp_path: Path):
    installation: Installation = open_installation(Settings(data=tmp_path))
    yield build(installation)
    installation.close()


def test_every_address_of_the_site_is_in_the_reference_and_no_other(site) -> None:
    text = over_http()
    written = set(re.findall(r"^\| `(/[^`]*)`", text, re.MULTILINE))
    served = {re.sub(r"\{(\w+):path\}", r"{\1}", route.path) for route in site.routes}
    assert written == served


def test_every_status_code_is_in_the_reference() -> None:
    assert all(f"| {status} |" in over_http() for status, _ in STATUS.values())


def over_http() -> str:
    """The two pages on what the server answers: to readers and to writers."""
    return "".join((DOCS / "reference" / name).read_text(encoding="utf-8") for name in ("web.md", "api.md"))


def test_every_setting_is_in_the_reference() -> None:
    names = set(re.findall(r"SCIDEX_[A-Z_]+", (ROOT / "src/scidex/kernel/settings.py").read_text(encoding="utf-8")))
    text = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    assert names
    assert all(name in text for name in names)


def test_the_parts_that_were_chosen_are_those_that_are_installed() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = {re.split(r"[\[=<>;]", each)[0] for each in declared["project"]["dependencies"]}
    text = (DOCS / "decisions" / "0012-parts.md").read_text(encoding="utf-8")
    assert names <= set(re.findall(r"^\| `([a-z0-9-]+)`", text, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings_that_are_there(page: Path) -> None:
    text = _CODE.sub("", _FENCE.sub("", page.read_text(encoding="utf-8")))
    for link in _LINK.findall(text):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name} leads to {link}"
        if anchor:
            assert anchor in headings(target), f"{page.name} leads to {link}"


def headings(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", _FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_page_of_the_documentation_is_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        if page.suffix != ".md":
            continue
        links = _LINK.findall(_CODE.sub("", _FENCE.sub("", page.read_text(encoding="utf-8"))))
        inside = [link for link in links if not link.startswith(("https://", "http://", "#", "mailto:"))]
        waiting += [(page.parent / link.partition("#")[0]).resolve() for link in inside]
    assert {page for page in PAGES if page.is_relative_to(DOCS)} <= seen
