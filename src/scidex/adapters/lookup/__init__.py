"""Looking works up in Crossref, PubMed, Europe PMC, OpenAlex and ClinicalTrials.gov. Off until it is configured.

`open_lookup` gives a `Lookup`, the port of the atlas. Each service has a file: how it is asked, and how its record
becomes CSL-JSON. What they share is how they are asked (`client`, `service`, `response`, `pace`, `cache`) and how what
comes is read (`records`, `markup`).
"""

from scidex.adapters.lookup.opening import SERVICES, open_lookup

__all__ = ["SERVICES", "open_lookup"]
