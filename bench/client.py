"""The load: a process of its own that asks for pages over kept-alive connections and times each answer.

`python -m bench.client PORT CLIENTS` reads one request per line (path, a tab, an ETag or nothing) and prints one
answer per line: milliseconds, status, bytes of the body, ETag. A closed loop: each client asks for the next page when
it has the whole of the last.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, timed from the request's first byte to the answer's last."""

    milliseconds: float
    status: int
    size: int
    tag: str


def ask(port: int, requests: Sequence[tuple[str, str]], *, clients: int = 1) -> list[Answer]:
    """The answers to (path, ETag or "") in the order of the requests, from a process started for it."""
    lines = "".join(f"{path}\t{tag}\n" for path, tag in requests)
    command = [sys.executable, "-m", "bench.client", str(port), str(clients)]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    answers = [line.split("\t") for line in done.stdout.splitlines()]
    return [Answer(float(taken), int(status), int(size), tag) for taken, status, size, tag in answers]


async def _run(port: int, clients: int, requests: list[tuple[str, str]]) -> list[Answer]:
    answers: list[Answer | None] = [None] * len(requests)
    waiting = iter(enumerate(requests))
    await asyncio.gather(*(_client(port, waiting, answers) for _ in range(clients)))
    return [answer for answer in answers if answer is not None]


async def _client(port: int, waiting: Iterator[tuple[int, tuple[str, str]]], answers: list[Answer | None]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number, (path, tag) in waiting:
        condition = f"If-None-Match: {tag}\r\n" if tag else ""
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: br\r\n{condition}\r\n".encode()
        begun = time.perf_counter()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status = int(head.split(" ", 2)[1])
        fields = {
            name.casefold(): value.strip() for name, _, value in (row.partition(":") for row in head.split("\r\n"))
        }
        size = 0 if status == 304 else int(fields["content-length"])
        await reader.readexactly(size)
        answers[number] = Answer((time.perf_counter() - begun) * 1000, status, size, fields.get("etag", ""))
    writer.close()
    await writer.wait_closed()


def main() -> None:
    """Reads requests, prints answers."""
    requests = [(path, tag) for path, _, tag in (line.rstrip("\n").partition("\t") for line in sys.stdin)]
    for answer in asyncio.run(_run(int(sys.argv[1]), int(sys.argv[2]), requests)):
        print(f"{answer.milliseconds:.4f}\t{answer.status}\t{answer.size}\t{answer.tag}")


if __name__ == "__main__":
    main()
