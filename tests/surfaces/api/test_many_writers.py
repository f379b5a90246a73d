"""A real server, more clients than it has threads or connections: all are answered, and readers do not wait."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from api_support import Api, make_token, paper
from surface_support import serving

from scidex.kernel.settings import Settings
from scidex.main import open_installation

CLIENTS = 64


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_sixty_four_clients_write_at_once_and_each_is_answered(
    engine: str, make_database: Callable[[str], str], tmp_path: Path
) -> None:
    settings = Settings(data=tmp_path, database_url=make_database(engine))
    installation = open_installation(settings)
    secret = make_token(installation)
    installation.close()
    start = threading.Barrier(CLIENTS)
    with serving(tmp_path, SCIDEX_DATABASE_URL=settings.database_url) as address:

        def write(number: int) -> list[tuple[int, str]]:
            headers = {"Authorization": f"Bearer {secret}"}
            found = []
            with httpx.Client(base_url=address, headers=headers, timeout=60) as client:
                start.wait()
                # Half of them share their keys: one effect for each pair.
                for turn in range(3):
                    key = {"Idempotency-Key": f"{number // 2}-{turn}"}
                    body = paper(f"Paper {number // 2}-{turn}")
                    answer = client.post("/api/v1/actions/artifact.create", json=body, headers=key)
                    found.append((answer.status_code, answer.json().get("id", answer.text)))
                    found.append((client.get("/browse").status_code, ""))
            return found

        with ThreadPoolExecutor(CLIENTS) as clients:
            answers = [answer for found in clients.map(write, range(CLIENTS)) for answer in found]
    assert {status for status, _ in answers} == {200}
    assert len({made for _, made in answers if made}) == CLIENTS // 2 * 3


def test_readers_are_answered_while_more_writers_wait_than_there_are_threads(api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.secret}"}

    async def scenario() -> set[int]:
        transport = httpx.ASGITransport(api.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as client:
            with api.installation.storage.write():
                posts = [
                    asyncio.create_task(client.post("/api/v1/actions/artifact.create", json=paper(f"Paper {number}")))
                    for number in range(CLIENTS)
                ]
                for _ in range(100):
                    answer = await asyncio.wait_for(client.get("/activities"), 20)
                    assert answer.status_code == 200
                assert not any(post.done() for post in posts)
            return {answer.status_code for answer in await asyncio.gather(*posts)}

    with ThreadPoolExecutor(1) as loop:
        assert loop.submit(asyncio.run, scenario()).result() == {200}
