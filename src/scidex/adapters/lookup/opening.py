"""Opens the services that are enabled."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import httpx

from scidex.adapters.lookup.cache import AnswerCache
from scidex.adapters.lookup.client import FOUND_LIFETIME, Client
from scidex.adapters.lookup.clinicaltrials import ClinicalTrials
from scidex.adapters.lookup.crossref import Crossref
from scidex.adapters.lookup.europe_pmc import EuropePMC
from scidex.adapters.lookup.openalex import OpenAlex
from scidex.adapters.lookup.pubmed import PubMed
from scidex.atlas.ports import Lookup, WorkIndex
from scidex.kernel.clock import Clock
from scidex.kernel.errors import Invalid

# In the order in which they are asked.
SERVICES = (Crossref.name, PubMed.name, EuropePMC.name, OpenAlex.name, ClinicalTrials.name)
CACHE_FILE = "lookup.sqlite"
_KEY = re.compile(r"[A-Za-z0-9_-]{0,128}")


def open_lookup(
    *,
    enabled: frozenset[str],
    contact: str,
    data: Path,
    version: str,
    ncbi_key: str = "",
    openalex_key: str = "",
    lifetime: timedelta = FOUND_LIFETIME,
    transport: httpx.BaseTransport | None = None,
    clock: Clock | None = None,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Lookup:
    """A look-up in the enabled services, which are among `SERVICES`; with none it answers ``off`` and asks nobody.

    `contact` is the e-mail address the services ask for, `version` SciDEX's own. Answers are kept in `data` for
    `lifetime`, those of no record for a day at most. `monotonic` and `sleep` are in seconds. Raises Invalid for a service
    that is not known, for a missing or wrong contact, and for a key that cannot be one.
    """
    if unknown := sorted(enabled - set(SERVICES)):
        raise Invalid(
            f"“{unknown[0][:40]}” is no service for look-ups.",
            cure=f"Set SCIDEX_LOOKUP to some of {', '.join(SERVICES)}.",
        )
    if not enabled:
        return Lookup()
    if not contact:
        raise Invalid(
            "Look-ups need an e-mail address.",
            cure="Set SCIDEX_CONTACT to an address the services can write to, or leave SCIDEX_LOOKUP empty.",
        )
    for name, key in (("SCIDEX_NCBI_KEY", ncbi_key), ("SCIDEX_OPENALEX_KEY", openalex_key)):
        if not _KEY.fullmatch(key):
            raise Invalid(f"{name} is no key.", cure="A key has letters and digits only; copy it again.")
    client = Client(
        contact=contact,
        version=version,
        cache=AnswerCache(data / CACHE_FILE),
        transport=transport,
        lifetime=lifetime,
        clock=clock,
        monotonic=monotonic,
        sleep=sleep,
    )
    indexes: Mapping[str, WorkIndex] = {
        Crossref.name: Crossref(client),
        PubMed.name: PubMed(client, key=ncbi_key),
        EuropePMC.name: EuropePMC(client),
        OpenAlex.name: OpenAlex(client, key=openalex_key),
        ClinicalTrials.name: ClinicalTrials(client),
    }
    return Lookup([indexes[name] for name in SERVICES if name in enabled], on_close=client.close)
