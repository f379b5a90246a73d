"""The `scidex` program as a person or a script runs it: in a process of its own, with real files, on both engines."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import prov.model
import pytest
from surface_support import COMMAND, SEED, Ran, environment, eventually, new_database

from scidex.kernel.content import content_folder

SNAPSHOT = Path(__file__).parents[2] / "snapshots" / "cli-help.txt"
BDNF = "/entities/bdnf"


# `python -m scidex`, except that what every command loads is loaded once: a process that waits with it and forks for each.
_WAITING = """
import atexit, json, os, sys, traceback
import scidex.main
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if not child:
        for number, name in enumerate(asked["files"]):
            os.dup2(os.open(name, os.O_WRONLY if number else os.O_RDONLY), number)
        sys.stdin = open(0, encoding="utf-8", errors="surrogateescape")
        os.environ.clear()
        os.environ.update(asked["environment"])
        sys.argv = ["scidex", *asked["arguments"]]
        code = 1
        try:
            scidex.main.cli()
        except SystemExit as end:
            code = end.code or 0
        except BaseException:
            traceback.print_exc()
        # Taking the interpreter apart in an orderly way would take longer than the command did.
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.close()
        os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def waiting():
    """The process that forks."""
    with subprocess.Popen(
        [sys.executable, "-c", _WAITING],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        yield process
        process.stdin.close()
        process.wait(30)


class Program:
    """`scidex` with a data folder and a database."""

    def __init__(self, waiting: subprocess.Popen, data: Path, **more: str) -> None:
        self._waiting = waiting
        self.data = data
        self.environment = environment(SCIDEX_DATA=str(data), **more)

    def __call__(self, *arguments: str | Path, input: str = "", **more: str) -> Ran:  # noqa: A002 (as in subprocess.run)
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / name for name in ("in", "out", "err")]
            for file in files:
                file.write_text(input if file.name == "in" else "", encoding="utf-8")
            asked = {
                "files": list(map(str, files)),
                "environment": {**self.environment, **more},
                "arguments": list(map(str, arguments)),
            }
            print(json.dumps(asked), file=self._waiting.stdin, flush=True)
            code = int(self._waiting.stdout.readline())
            out, err = (file.read_text(encoding="utf-8", errors="surrogateescape") for file in files[1:])
        assert "Traceback" not in err, err[-3000:]
        return Ran(code, out, err)

    def json(self, *arguments: str | Path):
        ran = self(*arguments)
        assert ran.code == 0, ran.err
        return json.loads(ran.out)


@pytest.fixture(params=["sqlite", "postgresql"])
def scidex_program(request, waiting, tmp_path):
    """The program on an empty installation of each engine."""
    if request.param == "sqlite":
        yield Program(waiting, tmp_path / "data")
        return
    with new_database(request.getfixturevalue("postgres_address")) as address:
        yield Program(waiting, tmp_path / "data", SCIDEX_DATABASE_URL=address)


@pytest.fixture
def on_sqlite(waiting, tmp_path):
    """The program on an empty installation on SQLite, where the engine does not matter."""
    return Program(waiting, tmp_path / "data")


@pytest.fixture(scope="module")
def reading(waiting, tmp_path_factory):
    """The program on the seed page and the library, for tests that only read."""
    program = Program(waiting, tmp_path_factory.mktemp("reading") / "data")
    ran = program("import", SEED, content_folder("atlas", "pages"))
    assert ran.code == 0, ran.err
    return program


def everything_in(folder: Path) -> dict[str, dict]:
    return {
        document["content"]["slug"]: document for document in map(json.loads, (f.read_text() for f in folder.iterdir()))
    }


def test_the_help_of_every_command_is_as_agreed(reading):
    waiting, shown = [""], []
    named = set()
    while waiting:
        command = waiting.pop(0)
        ran = reading(*command.split(), "--help", SCIDEX_DATA="")
        assert ran.code == 0
        shown.append(f"$ scidex {command} --help".replace("  ", " ") + "\n" + ran.out)
        inner = ran.out.partition("\nCommands:\n")[2].partition("Exit")[0]
        found = [f"{command} {name}".strip() for name in re.findall(r"^  ([a-z]+) {2,}\S", inner, re.MULTILINE)]
        named |= set(found)
        # A group's commands stand below it.
        waiting = [*found, *waiting]
    assert {"demo", "import", "serve", "show", "list", "history", "diff", "merge", "export", "check"} <= named
    assert {"resolve", "cite", "bibliography", "paper mark", "claim load", "evidence add", "token create"} <= named
    text = "\n".join(line.rstrip() for line in "\n".join(shown).split("\n"))
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert text == SNAPSHOT.read_text(encoding="utf-8"), "If this is meant: UPDATE_SNAPSHOTS=1 pytest …, and say so."


def test_help_and_version_touch_no_data_folder(on_sqlite):
    assert on_sqlite("--help").code == 0
    assert on_sqlite("import", "--help").code == 0
    assert re.fullmatch(r"scidex \d+\.\d+\.\d+\S*\n", on_sqlite("--version").out)
    assert not on_sqlite.data.exists()


def test_each_way_to_fail_has_its_exit_code_and_says_what_to_do(reading, tmp_path):
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    for arguments, code in (
        (("nonsense",), 2),
        (("show",), 2),
        (("show", "///"), 2),
        (("show", BDNF, "--as-of", "yesterday"), 2),
        (("show", BDNF, "--version", "x"), 2),
        (("history", BDNF, "--before", "99999999999999999999"), 2),
        (("create", "page", bad), 2),
        (("create", "page", tmp_path / "none.json"), 2),
        (("create", "nonsense", "-"), 2),
        (("export",), 2),
        (("show", "no-such-thing"), 3),
        (("show", BDNF, "--version", "99"), 3),
        (("show", BDNF, "--version", "99999999999999999999"), 3),
        (("show", BDNF, "--as-of", "2001-01-01"), 3),
        (("diff", BDNF, "1", "2"), 3),
        (("import", tmp_path / "nowhere"), 3),
        (("retract", BDNF, "--reason", "x", "--expected-version", "7"), 4),
        (("merge", BDNF, BDNF), 4),
        (("unmerge", BDNF), 4),
        (("publish", BDNF), 4),
    ):
        ran = reading(*arguments, input="{}")
        assert ran.code == code, (arguments, ran)
        assert ran.out == "", arguments
        assert re.match(r"error: \S|Usage: ", ran.err), (arguments, ran.err)
    assert reading("retract", BDNF, "--reason", "x", SCIDEX_ACTOR="software:robot").code == 5
    refused = reading("import", bad)
    assert refused.code == 6
    assert reading("show", BDNF, SCIDEX_ACTOR="nobody in particular").code == 2
    assert reading("list", "--title", "\udcff\udcfe").code == 0
    assert reading("show", "\udcff\udcfe").code == 2


def test_a_database_or_folder_that_cannot_be_used_is_one_clear_sentence(on_sqlite, tmp_path):
    ruined = tmp_path / "ruined"
    ruined.mkdir()
    (ruined / "scidex.sqlite").write_bytes(os.urandom(5000))
    for more, arguments in (
        ({"SCIDEX_DATABASE_URL": "postgresql://127.0.0.1:1/none"}, ("list",)),
        ({"SCIDEX_DATABASE_URL": "garbage"}, ("list",)),
        ({"SCIDEX_DATABASE_URL": "mysql://a/b"}, ("list",)),
        ({"SCIDEX_DATA": str(ruined)}, ("list",)),
        ({"SCIDEX_DATA": "/proc/none"}, ("list",)),
        ({"SCIDEX_DATA": str(ruined / "scidex.sqlite")}, ("list",)),
        ({}, ("export", "--all", "/proc/none")),
    ):
        ran = on_sqlite(*arguments, **more)
        assert ran.code in (1, 2), (more, ran)
        assert ran.err.startswith("error: "), (more, ran.err)
        assert len(ran.err.splitlines()) < 6, ran.err
    assert on_sqlite("create", "page", "-", input='{"title": "A"}').code == 0
    identity = on_sqlite.json("list", "--json")[0]["id"]
    assert on_sqlite("export", identity, "--out", "/proc/none/x.json").code == 1


def test_an_import_reports_and_the_same_file_again_writes_nothing(scidex_program):
    first = scidex_program("import", SEED)
    assert first.code == 0, first.err
    assert "Mesenchymal Stem Cell Therapy for Neurodegeneration" in first.out
    assert "lines 20–36 repeat lines 3–19" in first.out
    assert "Imported 1 file: 1 new." in first.out
    events = scidex_program.json("check", "--json")
    assert events == {"problems": []}
    again = scidex_program.json("import", SEED, "--json")
    assert again["outcomes"] == {"known": 1}
    assert len(scidex_program.json("history", SEED_REF, "--json")) == 1


SEED_REF = "/therapeutics/mesenchymal-stem-cell-therapy-neurodegeneration"


def test_a_dry_run_and_a_strict_import_write_nothing(scidex_program):
    dry = scidex_program.json("import", "--dry-run", "--json", SEED)
    assert dry["outcomes"] == {"created": 1}
    assert len(dry["files"][0]["findings"]) > 10
    assert scidex_program.json("list", "--json") == []
    strict = scidex_program("import", "--strict", SEED)
    assert strict.code == 6
    assert re.search(r"msc-therapy-artifact\.txt:\d+: ", strict.out), strict.out
    assert "try: " in strict.out
    assert scidex_program.json("list", "--json") == []
    assert scidex_program.json("list", "--kind", "source-file", "--json") == []


def test_files_that_cannot_be_read_are_named_with_line_and_cure_and_nothing_is_written(scidex_program, tmp_path):
    folder = tmp_path / "bad"
    folder.mkdir()
    visitors_copy = next(content_folder("atlas", "pages").glob("visitor-copy-*.txt"))
    two_pages = SEED.read_text(encoding="utf-8") + "\n" + visitors_copy.read_text(encoding="utf-8")
    bad = {
        "empty.txt": b"",
        "blank.md": b" \n\n\t\n",
        "nul.txt": b"A title\nA line\nA \x00 line\n",
        "binary.txt": bytes(range(256)) * 40,
        "huge.txt": b"A line of text.\n" * (50_000_000 // 16),
        "wrong-encoding.txt": b"A title\nna\xefve caf\xe9 \xff\xfe\x81\n",
        "broken.json": b'{"format": "scidex/1",\n "kind": "page",\n oops}',
        "foreign.json": b"[1, 2, 3]",
        "two-pages.txt": two_pages.encode(),
    }
    for name, data in bad.items():
        (folder / name).write_bytes(data)
    (folder / "dangling.md").symlink_to(tmp_path / "nowhere")
    ran = scidex_program("import", folder)
    accepted = [line for line in ran.out.splitlines() if line.startswith(("new", "became"))]
    assert ran.code == 6, ran.out[-2000:]
    for name in set(bad) - {"wrong-encoding.txt"}:
        assert re.search(rf"^  {re.escape(name)}|^  \S*/{re.escape(name)}", ran.out, re.MULTILINE), (name, ran.out)
    for name, line in (("nul.txt", 3), ("broken.json", 3)):
        assert re.search(rf"{re.escape(name)}:{line}: ", ran.out), (name, ran.out)
    assert len(re.findall(r"^  try: \S", ran.out, re.MULTILINE)) >= len(bad) - 1
    assert len(accepted) <= 1, accepted
    assert len(scidex_program.json("list", "--json")) == len(accepted)
    assert scidex_program("check").code == 0


def test_paths_that_hold_nothing_are_told_apart(on_sqlite, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "picture.png").write_bytes(b"x")
    nothing = on_sqlite("import", empty)
    assert nothing.code == 2
    assert "holds no file to import" in nothing.err
    missing = on_sqlite("import", tmp_path / "nowhere.md")
    assert missing.code == 3
    assert "nowhere.md" in missing.err
    assert on_sqlite("import").code == 2
    both = on_sqlite("import", content_folder("atlas", "pages"), tmp_path / "nowhere.md")
    assert both.code == 3
    assert on_sqlite.json("list", "--json") == []


def test_file_names_may_be_odd_and_neither_break_the_import_nor_the_terminal(on_sqlite, tmp_path):
    folder = tmp_path / "odd"
    folder.mkdir()
    names = [
        b"new\nline.md",
        b"esc\x1b[31mred.md",
        b"caf\xc3\xa9 \xe2\x80\xae.md",
        b"-dash.md",
        b"a" * 250 + b".md",
        b"{{7}}[bold].md",
        b"\xff\xfe.md",
    ]
    for number, name in enumerate(names):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_text(
            f"---\ntitle: Odd {number}\nslug: odd-{number}\n---\nText.\n"
        )
    ran = on_sqlite("import", folder)
    assert "\x1b" not in ran.out + ran.err
    assert "[bold]" in ran.out
    titles = {item["title"] for item in on_sqlite.json("list", "--json")}
    assert {f"Odd {number}" for number in range(6)} <= titles, ran.out
    assert ("Odd 6" in titles) != (ran.code == 6), "a name that is no text is taken or refused, and said so"
    assert on_sqlite("check").code == 0


def test_what_is_exported_and_imported_elsewhere_is_the_same(scidex_program, waiting, tmp_path):
    assert scidex_program("import", SEED, content_folder("atlas", "pages")).code == 0
    out, back = tmp_path / "out", tmp_path / "back"
    assert scidex_program("export", "--all", out).code == 0
    elsewhere = Program(waiting, tmp_path / "elsewhere")
    ran = elsewhere("import", out)
    assert ran.code == 0, ran.out
    assert elsewhere("export", "--all", back).code == 0
    here, there = everything_in(out), everything_in(back)
    assert len(here) == 14
    assert {slug: page["content"] for slug, page in here.items()} == {
        slug: page["content"] for slug, page in there.items()
    }
    for slug, page in here.items():
        assert set(page["aliases"]) <= set(there[slug]["aliases"]) | {slug}, slug
    assert elsewhere("show", SEED_REF).code == 0
    assert elsewhere("check").code == 0


def test_one_artifact_is_exported_to_a_file_or_a_pipe_as_json_or_provenance(reading, tmp_path):
    target = tmp_path / "one.json"
    assert reading("export", BDNF, "--out", target).out == ""
    assert json.loads(target.read_text()) == reading.json("export", BDNF)
    assert reading("export", BDNF, "--version", "2").code == 3
    document = prov.model.ProvDocument.deserialize(content=reading("export", SEED_REF, "--format", "prov-json").out)
    assert document.get_records(prov.model.ProvGeneration)
    assert reading("export", SEED_REF, "--format", "prov-n").out.startswith("document")


def test_show_tells_the_same_on_the_terminal_in_json_and_through_every_name(reading):
    shown = reading("show", BDNF)
    assert shown.out.startswith("BDNF\nPage, protein · published · version 1 of 1")
    identity = reading.json("show", BDNF, "--json")["id"]
    for reference in (identity, "wiki-entities-bdnf", "entities-bdnf", "/wiki/entities-bdnf", f"/artifact/{identity}"):
        assert reading("show", reference).out == shown.out, reference
    assert reading("show", "/hypothesis/h-4bb7fd8c").out.count("SIRT1") == 1


def test_the_past_is_shown_as_it_was_known(scidex_program):
    assert scidex_program("create", "page", "-", "--alias", "x-1", input='{"title": "First"}').code == 0
    before = scidex_program.json("show", "x-1", "--json")["recorded_at"]
    assert scidex_program("revise", "x-1", "-", "--note", "Better.", input='{"title": "Second"}').code == 0
    assert scidex_program("show", "x-1").out.startswith("Second\n")
    assert scidex_program("show", "x-1", "--as-of", before).out.startswith("First\n")
    assert scidex_program("show", "x-1", "--version", "1").out.startswith("First\n")
    assert scidex_program("show", "x-1", "--as-of", "2001-01-01").code == 3
    history = scidex_program("history", "x-1").out.splitlines()
    assert [line.split()[0] for line in history] == ["2", "1"]
    assert history[0].endswith("Better.")
    assert "[-First-]" in scidex_program("diff", "x-1").out
    assert "{+Second+}" in scidex_program("diff", "x-1").out
    assert scidex_program("restore", "x-1", "1").code == 0
    assert scidex_program.json("show", "x-1", "--json")["version"] == 3
    assert scidex_program("diff", "x-1", "1", "3").out.splitlines()[-1] == "No difference."


def test_a_merge_can_be_tried_done_and_undone(scidex_program):
    for name in ("one", "two"):
        scidex_program("create", "page", "-", "--alias", f"x-{name}", input=json.dumps({"title": name.title()}))
    tried = scidex_program("merge", "x-one", "x-two", "--dry-run")
    assert tried.code == 0
    assert "would be merged" in tried.out
    assert scidex_program("show", "x-one").out.startswith("One\n")
    assert scidex_program("merge", "x-one", "x-two", "--reason", "Same thing.", "--key", "k1").code == 0
    assert scidex_program("merge", "x-one", "x-two", "--reason", "Same thing.", "--key", "k1").code == 0
    assert scidex_program("merge", "x-one", "x-two", "--reason", "Other.", "--key", "k1").code == 4
    assert "“One” was merged into “Two”." in scidex_program("show", "x-one").out
    assert scidex_program("unmerge", "x-one").code == 0
    assert scidex_program("show", "x-one").out.startswith("One\n")
    assert scidex_program("check").code == 0


def test_check_finds_what_was_tampered_with_and_exits_1(scidex_program, tmp_path):
    from sqlalchemy import create_engine, text

    from scidex.kernel.settings import Settings

    assert scidex_program("import", SEED).code == 0
    assert scidex_program("check").out.startswith("All is well")
    more = scidex_program.environment
    url = Settings(data=scidex_program.data, database_url=more.get("SCIDEX_DATABASE_URL", "")).sqlalchemy_url
    engine = create_engine(url)
    with engine.begin() as connection:
        # As someone with the file in hand would do it, past the guards.
        if engine.dialect.name == "sqlite":
            for name in (
                connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            ):
                connection.execute(text(f'DROP TRIGGER "{name}"'))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("UPDATE versions SET note = 'not what was sealed' WHERE title LIKE 'Mesenchymal%'"))
    engine.dispose()
    ran = scidex_program("check")
    assert ran.code == 1
    assert "the seal is broken" in ran.out
    assert scidex_program("check", "--json").code == 1


def test_output_into_a_closed_pipe_is_no_error(reading):
    for command in ("list --limit 1000", f"show {SEED_REF}", f"export {SEED_REF}", f"show {SEED_REF} --json", "--help"):
        shell = f"{sys.executable} -m scidex {command} | head -c 1"
        ran = subprocess.run(
            ["bash", "-c", shell], capture_output=True, text=True, env=reading.environment, check=False
        )
        assert ran.returncode == 0
        assert ran.stderr == "", (command, ran.stderr)


HOSTILE = "T\x1b[31mred\x1b]0;owned\x07\u009b31m\x08\r\u202eevil \u00a05\u2009mg"


def test_no_document_drives_the_terminal(on_sqlite):
    content = {"title": HOSTILE, "lead": HOSTILE, "body": f"## {HOSTILE}\n\n{HOSTILE}\n"}
    made = on_sqlite("create", "page", "-", "--alias", "x-1", "--note", HOSTILE, input=json.dumps(content))
    assert made.code == 0, made.err
    assert (
        on_sqlite("revise", "x-1", "-", "--note", HOSTILE, input=json.dumps({**content, "lead": "x" + HOSTILE})).code
        == 0
    )
    outputs = [
        on_sqlite(*command.split())
        for command in (
            "show x-1",
            "show x-1 --json",
            "list",
            "list --json",
            "history x-1",
            "history x-1 --json",
            "diff x-1",
            "export x-1",
            "export x-1 --format prov-n",
            "export x-1 --format prov-json",
            "retract x-1 --reason y",
            "show x-1",
        )
    ]
    outputs.append(on_sqlite("show", HOSTILE))
    outputs.append(on_sqlite("import", f"/tmp/{HOSTILE.replace('/', '')}"))
    for ran in outputs:
        found = re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", ran.out + ran.err)
        assert not found, (found, ran.out[:500])
    assert "5 mg" in outputs[0].out, "odd spaces are spaces still"


def test_colours_are_for_terminals_only(reading):
    plain = {name: value for name, value in reading.environment.items() if name != "NO_COLOR"}
    plain["TERM"] = "xterm-256color"
    piped = subprocess.run([*COMMAND, "show", BDNF], capture_output=True, env=plain, check=True)
    assert b"\x1b" not in piped.stdout + piped.stderr
    main, other = pty.openpty()
    with subprocess.Popen([*COMMAND, "show", BDNF], stdout=other, stderr=other, env=plain) as process:
        os.close(other)
        shown = b""
        with contextlib.suppress(OSError):  # how a terminal says that the other side has gone
            while piece := os.read(main, 65536):
                shown += piece
        process.wait(60)
    os.close(main)
    assert b"\x1b[1m" in shown


def test_two_imports_of_the_same_file_at_once_write_it_once(scidex_program):
    assert scidex_program("list").code == 0
    running = [
        subprocess.Popen(
            [*COMMAND, "import", str(SEED), "--json"], stdout=subprocess.PIPE, env=scidex_program.environment
        )
        for _ in range(2)
    ]
    outcomes = [json.loads(process.communicate(timeout=120)[0])["outcomes"] for process in running]
    assert sorted(map(str, outcomes)) == ["{'created': 1}", "{'known': 1}"]
    assert len(scidex_program.json("list", "--kind", "page", "--json")) == 1
    assert len(scidex_program.json("list", "--kind", "source-file", "--json")) == 1
    assert scidex_program("check").code == 0


def test_the_demo_runs_again_without_doing_anything_twice_and_stops(on_sqlite):
    import httpx

    try:
        first = on_sqlite("demo")
        assert first.code == 0, first.err
        base = re.search(r"http://127\.0\.0\.1:\d+", first.out)[0]
        assert httpx.get(f"{base}/healthz").text == "ok\n"
        again = on_sqlite("demo")
        assert base in again.out
        assert "0 new pages" in again.out
    finally:
        assert on_sqlite("demo", "--stop").out == "Stopped.\n"

    def gone() -> bool:
        try:
            httpx.get(f"{base}/healthz", timeout=2)
        except httpx.TransportError:
            return True
        return False

    eventually(gone, "the demo's server to stop", patience=30)
    assert on_sqlite("demo", "--stop").out == "No demo server is running.\n"


def test_serving_on_a_port_in_use_is_one_clear_sentence(on_sqlite):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = on_sqlite("serve", "--port", str(taken.getsockname()[1]))
    assert ran.code == 4
    assert "Nothing can listen on" in ran.err
