"""A data set: rows with a meaning, a unit and a source."""

from __future__ import annotations

from scidex.atlas.kinds.base import Body, Kind


class DatasetBody(Body):
    """`columns` names what each row holds; `sha256` seals the file the rows came from."""

    title: str
    description: str = ""
    licence: str = ""
    columns: tuple[str, ...] = ()
    sha256: str = ""


KIND = Kind(
    slug="dataset",
    label="Data set",
    plural="Data sets",
    about="Rows with a meaning, a unit and a source.",
    body=DatasetBody,
    title=lambda body: body.title,
    text=lambda body: body.description,
    example=lambda: DatasetBody(title="Trials of MSC therapy", columns=("trial", "arm", "n")),
)
