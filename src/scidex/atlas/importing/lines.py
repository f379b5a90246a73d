"""A source file's lines as they are counted in spans, for showing the file itself."""

from __future__ import annotations


def source_lines(data: bytes) -> list[str]:
    r"""The lines of an imported file, so that ``lines[n - 1]`` is line n of any span. What hides is left in.

    >>> source_lines(b"one\r\ntwo\rthree\n")
    ['one', 'two', 'three']
    """
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    text = data.decode(encoding, "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return text.removesuffix("\n").split("\n")
