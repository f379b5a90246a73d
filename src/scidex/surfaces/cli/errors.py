"""The command line's one table from error categories to exit codes."""

from __future__ import annotations

from scidex.kernel.errors import Conflict, Defect, Forbidden, Invalid, NotFound, Refused, ScidexError

EXIT_CODES: dict[type[ScidexError], tuple[int, str]] = {
    Invalid: (2, "the request cannot be understood"),
    NotFound: (3, "nothing of that name is kept here"),
    Conflict: (4, "the state has moved on"),
    Forbidden: (5, "this actor may not do that"),
    Refused: (6, "a gate refused the change, or an import refused a file"),
    Defect: (70, "a bug in SciDEX"),
}
FOUND_PROBLEMS = 1

EPILOG = (
    "\b\nExit codes:\n  0  done\n  1  `check`, `resolve` or `verify` found a problem, or something unexpected happened\n"
    + "\n".join(f"  {code:<2} {words}" for code, words in EXIT_CODES.values())
    + "\n\n\b\nEnvironment:\n"
    "  SCIDEX_DATA          the data folder (default ./scidex-data)\n"
    "  SCIDEX_DATABASE_URL  a postgresql:// address to use instead of the SQLite file in it\n"
    "  SCIDEX_BASE_URL      the address the site is reached at, if it is behind a proxy\n"
    "  SCIDEX_ACTOR         who acts (default person:local)\n"
    "  SCIDEX_LOOKUP        services that may be asked for records, such as crossref,pubmed (default none)\n"
    "  SCIDEX_CONTACT       your e-mail address, which those services ask for\n"
    "  SCIDEX_NCBI_KEY, SCIDEX_OPENALEX_KEY   keys that raise their limits, if you have them"
)


def exit_code(error: ScidexError) -> int:
    """The exit code for an error."""
    return next((code for category, (code, _) in EXIT_CODES.items() if isinstance(error, category)), 1)
