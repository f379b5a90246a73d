"""One file out of a form's upload (RFC 7578), and a name for it that is only a name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from scidex.kernel.errors import Invalid

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

LONGEST_NAME = 120
_FOLDERS = re.compile(r"[/\\]")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent; `name` is fit to be shown and kept."""

    name: str
    data: bytes


def file_name(given: str) -> str:
    r"""The last part of a path, without anything that cannot be seen, at most 120 characters. Raises Invalid if empty.

    >>> file_name("C:\\pages\\..\\therapy\x07.md")
    'therapy.md'
    """
    last = unicodedata.normalize("NFC", _FOLDERS.split(given[:4000])[-1])
    visible = "".join(character for character in last if character.isprintable()).strip(" .")
    if not visible:
        raise Invalid("The file has no name.", cure="Name it with ?name=page.md, or upload it from a form.")
    stem, dot, suffix = visible.rpartition(".")
    if len(visible) > LONGEST_NAME and 0 < len(suffix) <= 10:
        return stem[: LONGEST_NAME - len(suffix) - 1] + dot + suffix
    return visible[:LONGEST_NAME]


def uploaded(data: bytes, *, content_type: str, name: str = "") -> Upload:
    """The one file in a ``multipart/form-data`` body; `name` wins over the one it was sent with. Raises Invalid."""
    _, options = parse_options_header(content_type)
    parts = _Parts()
    try:
        parser = MultipartParser(options.get(b"boundary", b""), parts.callbacks())
        parser.write(data)
        parser.finalize()
    except FormParserError as error:
        raise Invalid(f"The upload is no multipart/form-data: {str(error)[:200]}.", cure="Send it again.") from None
    if not parts.complete:
        raise Invalid("The upload breaks off before its end.", cure="Send it again.")
    if len(parts.files) != 1:
        raise Invalid(f"The upload holds {len(parts.files)} files.", cure="Send one file, in one field.")
    sent_as, content = parts.files[0]
    return Upload(file_name(name or sent_as.decode("utf-8", "replace")), bytes(content))


class _Parts:
    """Gathers what the parser comes upon. Parts without a file name are other fields of the form and are left out."""

    def __init__(self) -> None:
        self.files: list[tuple[bytes, bytearray]] = []
        self.complete = False
        self._field, self._value, self._disposition = bytearray(), bytearray(), b""
        self._content: bytearray | None = None

    def callbacks(self) -> MultipartCallbacks:
        """What the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._field.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._header,
            "on_headers_finished": self._headers,
            "on_part_data": self._data,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self._disposition, self._content = b"", None

    def _header(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._field.clear()
        self._value.clear()

    def _headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        if b"filename" in options:
            self._content = bytearray()
            self.files.append((options[b"filename"], self._content))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._content is not None:
            self._content += data[start:end]

    def _end(self) -> None:
        self.complete = True
