"""An import report: what was wrong with a source, what was done about it, and what the reader sees instead."""

from __future__ import annotations

from scidex.atlas.kinds.base import Body, Kind, Mention


class ReportedFinding(Body):
    """One finding. `lines` is empty where it concerns the whole file."""

    code: str
    severity: str
    lines: str
    message: str
    action: str
    shown: str


class ImportReportBody(Body):
    """`source` and `artifact` are artifact ids; `shape` is what the file was recognised as."""

    title: str
    file: str
    sha256: str
    source: str
    artifact: str
    shape: str
    outcome: str
    findings: tuple[ReportedFinding, ...] = ()


def _mentions(body: ImportReportBody) -> tuple[Mention, ...]:
    return (
        Mention("reports_on", body.artifact, "The artifact this import wrote.", "artifact"),
        Mention("used", body.source, "The file that was read.", "source"),
    )


def _example() -> ImportReportBody:
    return ImportReportBody(
        title="Import of page.txt",
        file="page.txt",
        sha256="0" * 64,
        source="sx-000000000000000000",
        artifact="sx-000000000000000001",
        shape="visitor copy",
        outcome="created",
        findings=(
            ReportedFinding(
                code="references-empty", severity="error", lines="line 80", message="m", action="a", shown="s"
            ),
        ),
    )


KIND = Kind(
    slug="import-report",
    label="Import report",
    plural="Import reports",
    about="What was wrong with a source and what was done about it.",
    body=ImportReportBody,
    title=lambda body: body.title,
    text=lambda body: "\n".join(f"{finding.severity}: {finding.message}" for finding in body.findings),
    mentions=_mentions,
    example=_example,
    background=True,
)
