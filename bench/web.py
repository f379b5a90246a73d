"""How fast pages are read over HTTP, how large they are, and how much memory serving them takes."""

from __future__ import annotations

import random
from collections.abc import Sequence

from bench.client import Answer, ask
from bench.figures import Figure, percentile
from bench.running import Place, served

READ = 2_000
CLIENTS = 8
_PLAIN = ("/healthz", "")
_COLD_P99 = 25
_UNCHANGED_P99 = 5
_KILOBYTES = 60
_IDLE_MEGABYTES = 250
_SHARES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))


def measure(place: Place, chosen: set[str]) -> list[Figure]:
    """The figures for speed and size (if `chosen` holds "web") and for memory ("memory")."""
    pages = _some_pages(place)
    figures: list[Figure] = []
    memory: list[Figure] = []
    # The server is new for each number of clients, so that the first answer of each page is made from nothing.
    for clients in (1, CLIENTS):
        with served(place) as server:
            idle = server.resident_megabytes()
            cold, plain = _beside_plain(server.port, [(page, "") for page in pages], clients)
            busy = server.resident_megabytes()
            if clients == 1:
                memory.append(Figure("Memory, idle after the start", idle, "MiB", goal=_IDLE_MEGABYTES))
                memory.append(
                    Figure(f"Memory after {len(pages):,} pages", busy, "MiB", f"{idle:.0f} MiB idle", busy / idle)
                )
            if "web" not in chosen:
                return memory
            said = "one client" if clients == 1 else f"{clients} clients"
            figures += _times(f"Page, first time, {said}", cold, plain, _COLD_P99 if clients == 1 else None)
            warm, plain = _beside_plain(server.port, [(page, "") for page in pages], clients)
            figures += _times(f"Page, again, {said}", warm, plain)
            tagged = [(page, answer.tag) for page, answer in zip(pages, cold, strict=True)]
            same, plain = _beside_plain(server.port, tagged, clients, status=304)
            figures += _times(f"Page, unchanged (304), {said}", same, plain, _UNCHANGED_P99 if clients == 1 else None)
            if clients == 1:
                sizes = [answer.size / 1000 for answer in cold]
                figures.append(Figure("Page, compressed, p50", percentile(sizes, 0.5), "kB"))
                figures.append(Figure("Page, compressed, largest", max(sizes), "kB", goal=_KILOBYTES))
    return figures + (memory if "memory" in chosen else [])


def _some_pages(place: Place) -> list[str]:
    installation = place.open()
    try:
        with installation.storage.read() as connection:
            ids = list(connection.exec_driver_sql("SELECT id FROM artifacts WHERE kind = 'page' ORDER BY id").scalars())
    finally:
        installation.close()
    return [f"/artifact/{id_}" for id_ in random.Random(1).sample(ids, min(READ, len(ids)))]


def _beside_plain(
    port: int, requests: Sequence[tuple[str, str]], clients: int, *, status: int = 200
) -> tuple[list[Answer], list[Answer]]:
    """The answers, and those to a page that does nothing, asked for in turn with them."""
    asked = [each for request in requests for each in (request, _PLAIN)]
    answers = ask(port, asked, clients=clients)
    wrong = {answer.status for answer in answers[::2]} - {status} | {answer.status for answer in answers[1::2]} - {200}
    if wrong or len(answers) != len(asked):
        raise SystemExit(f"The server answered {sorted(wrong)} where {status} was expected.")
    return answers[::2], answers[1::2]


def _times(name: str, answers: list[Answer], plain: list[Answer], goal: float | None = None) -> list[Figure]:
    figures = []
    for word, share in _SHARES:
        value = percentile([answer.milliseconds for answer in answers], share)
        least = percentile([answer.milliseconds for answer in plain], share)
        wanted = goal if word == "p99" else None
        figures.append(Figure(f"{name}, {word}", value, "ms", f"{least:.2f} ms: /healthz", value / least, wanted))
    return figures
