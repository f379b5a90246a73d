"""The read side of the atlas: functions of a connection that return view values. No rule, no write."""

from scidex.atlas.queries.artifacts import artifact, artifact_content, find, notices
from scidex.atlas.queries.browse import browse, counts, listing, records, statistics
from scidex.atlas.queries.documents import (
    activity_document,
    as_document,
    backlink_document,
    head_document,
    link_document,
    names,
    version_document,
)
from scidex.atlas.queries.history import activity, activity_log, history, moves, version_texts
from scidex.atlas.queries.integrity import check
from scidex.atlas.queries.links import backlinks, links_from, targets, wanted, wanted_by
from scidex.atlas.queries.origins import origins, provenance, reports, source_bytes
from scidex.atlas.queries.views import (
    ActivityView,
    ArtifactView,
    BacklinkView,
    FoundProblem,
    LinkView,
    ListedView,
    Notice,
    OriginView,
    RecordView,
    ReportView,
    Statistics,
    VersionView,
    WantedView,
)

__all__ = [
    "ActivityView",
    "ArtifactView",
    "BacklinkView",
    "FoundProblem",
    "LinkView",
    "ListedView",
    "Notice",
    "OriginView",
    "RecordView",
    "ReportView",
    "Statistics",
    "VersionView",
    "WantedView",
    "activity",
    "activity_document",
    "activity_log",
    "artifact",
    "artifact_content",
    "as_document",
    "backlink_document",
    "backlinks",
    "browse",
    "check",
    "counts",
    "find",
    "head_document",
    "history",
    "link_document",
    "links_from",
    "listing",
    "moves",
    "names",
    "notices",
    "origins",
    "provenance",
    "records",
    "reports",
    "source_bytes",
    "statistics",
    "targets",
    "version_document",
    "version_texts",
    "wanted",
    "wanted_by",
]
