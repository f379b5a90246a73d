"""Where a SciDEX keeps its data and how it calls itself, from arguments and the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_DATA = Path("scidex-data")


@dataclass(frozen=True, slots=True)
class Settings:
    """`data` is the folder for everything kept in files; `database_url` is empty for the SQLite file in it.

    `base_url` is the address the site is reached at, empty to take it from each request; `actor` is who acts
    from this machine's command line. `lookup` names the outside services that may be asked (none unless set), `contact` the
    e-mail address they are given, and the keys are what two of them hand out for a higher rate.
    """

    data: Path = DEFAULT_DATA
    database_url: str = ""
    base_url: str = ""
    actor: str = "person:local"
    lookup: frozenset[str] = frozenset()
    contact: str = ""
    ncbi_key: str = ""
    openalex_key: str = ""

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ, *, data: Path | None = None) -> Settings:
        """Settings from the variables that `scidex --help` lists; `data` wins over SCIDEX_DATA."""
        return cls(
            data=data or Path(environment.get("SCIDEX_DATA") or DEFAULT_DATA),
            database_url=environment.get("SCIDEX_DATABASE_URL", ""),
            base_url=environment.get("SCIDEX_BASE_URL", "").rstrip("/"),
            actor=environment.get("SCIDEX_ACTOR", "") or "person:local",
            lookup=frozenset(
                name.strip().lower() for name in environment.get("SCIDEX_LOOKUP", "").split(",") if name.strip()
            ),
            contact=environment.get("SCIDEX_CONTACT", "").strip(),
            ncbi_key=environment.get("SCIDEX_NCBI_KEY", "").strip(),
            openalex_key=environment.get("SCIDEX_OPENALEX_KEY", "").strip(),
        )

    @property
    def sqlalchemy_url(self) -> str:
        """The address SQLAlchemy understands: psycopg for PostgreSQL, a file in `data` otherwise."""
        if not self.database_url:
            return f"sqlite:///{(self.data / 'scidex.sqlite').absolute()}"
        scheme, _, rest = self.database_url.partition("://")
        return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else self.database_url

    @property
    def workflows_url(self) -> str:
        """Where the durable workflow engine keeps its state: the same PostgreSQL, or a SQLite file of its own."""
        if self.database_url.startswith("sqlite") or not self.database_url:
            return f"sqlite:///{(self.data / 'workflows.sqlite').absolute()}"
        return self.sqlalchemy_url
