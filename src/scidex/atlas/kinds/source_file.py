"""A source file: the bytes something was imported from, kept as they came."""

from __future__ import annotations

from scidex.atlas.kinds.base import Body, Kind


class SourceFileBody(Body):
    """`size` is in bytes; the bytes themselves are kept under `sha256`, unless the file was too large to be (`kept`)."""

    name: str
    sha256: str
    size: int
    media_type: str
    lines: int
    kept: bool = True


KIND = Kind(
    slug="source-file",
    label="Source file",
    plural="Source files",
    about="A file that something was imported from, kept byte for byte.",
    body=SourceFileBody,
    title=lambda body: body.name,
    text=lambda body: f"{body.media_type}, {body.size} bytes, SHA-256 {body.sha256}",
    example=lambda: SourceFileBody(name="page.txt", sha256="0" * 64, size=12, media_type="text/plain", lines=1),
    background=True,
)
