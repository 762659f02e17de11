"""The same attacks on servers of several processes, and on a database of somebody's own."""

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from tests.attacks.test_heads import HEAD, MOST_BYTES
from tests.attacks.test_own_database import Load, is_ready_again
from tests.races.scene import MONDAY, creating, data_of, make_scene
from tests.support.connection import Answer, connect, connected
from tests.support.postgres import kill_postgres, tcp_server
from tests.support.server import Server, running

pytestmark = pytest.mark.full

WORKERS = ("--workers", "2")
FEW = 5
CONNECTIONS = 4
"""Which is enough for each of the processes to get one."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A server with its processes; `data_dir` None: its database is somebody's own."""

    folder: Path
    arguments: tuple[str, ...]
    url: str
    data_dir: Path | None

    def runs(self, **settings: str) -> AbstractContextManager[Server]:
        """Run the server with these settings besides."""
        variables = {f"KALENDS_{name.upper()}": value for name, value in settings.items()}
        return running(self.folder, *self.arguments, **variables)


@pytest.fixture(params=["two processes", "own database", "both"])
def arrangement(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Arrangement]:
    """Return how a server is run."""
    processes = () if request.param == "own database" else WORKERS
    if request.param == "two processes":
        data_dir = tmp_path / "data"
        yield Arrangement(tmp_path, (*processes, "--data-dir", str(data_dir)), "", data_dir)
        return
    with tcp_server(tmp_path / "own", password="correct-horse") as url:
        yield Arrangement(tmp_path, (*processes, "--database-url", url), url, None)


async def asks(server: Server, head: bytes, body: bytes = b"") -> Answer:
    """Ask on a connection of its own, which any process may get."""
    connection = await connect(server.port)
    answer = await connection.send(head + b"Host: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    connection.close()
    return answer


async def test_strangers_are_counted_together(arrangement: Arrangement) -> None:
    # Longer than a busy machine takes for all of them.
    windows = {"rate_limit_window_ms": "600000", "rate_limit_block_ms": "600000"}
    limits = {"rate_limit_enabled": "true", "rate_limit_anonymous": str(FEW)}
    with arrangement.runs(**limits, **windows) as server:
        statuses = []
        for number in range(4 * FEW):
            credential = b"Authorization: Bearer %d\r\nx-cal-client-id: %d\r\n" % (number, number)
            credential += b"cal-api-version: 2024-09-04\r\n"
            statuses.append((await asks(server, b"GET /v2/slots HTTP/1.1\r\n" + credential)).status)
        assert statuses.count(429) == 3 * FEW
        assert (await asks(server, b"GET /health HTTP/1.1\r\n")).status == 200


async def test_mails_of_strangers_are_counted_together(arrangement: Arrangement) -> None:
    settings = {"rate_limit_enabled": "true", "rate_limit_anonymous": "1000", "mail_enabled": "true"}
    with arrangement.runs(**settings, stranger_mails_an_hour=str(FEW)) as server:
        scene = await make_scene(server, arrangement.url)
        statuses = []
        for number in range(2 * FEW):
            start = MONDAY + number * timedelta(hours=2)
            connection = await connect(server.port)
            statuses.append((await connection.send(creating(scene.hour, start))).status)
            connection.close()
    assert statuses == [201] * FEW + [429] * FEW


async def test_what_is_broken_or_large_ends_no_process(arrangement: Arrangement) -> None:
    with arrangement.runs(request_body_seconds="1") as server:
        broken = [
            b"no request at all\r\n\r\n",
            b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * (4 * MOST_BYTES) + b"\r\n\r\n",
            b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"X-A: 1\r\n" * 201 + b"\r\n",
            HEAD + b"Content-Length: 9\r\n\r\n{",
        ]
        async with connected(server.port, CONNECTIONS * len(broken)) as connections:
            for connection, sent in zip(connections, broken * CONNECTIONS, strict=True):
                connection.write(sent)
            statuses = {(await connection.answer()).status for connection in connections}
        assert statuses == {400, 408, 431}
        assert (await asks(server, b"GET /health/ready HTTP/1.1\r\n")).status == 200


async def test_a_request_with_a_key_is_answered_once_by_all(arrangement: Arrangement) -> None:
    with arrangement.runs(rate_limit_enabled="false") as server:
        scene = await make_scene(server, arrangement.url)
        sent = creating(scene.hour, MONDAY).replace(b"\r\n", b"\r\nIdempotency-Key: once\r\n", 1)
        async with connected(server.port, 2 * CONNECTIONS) as connections:
            answers = await asyncio.gather(*(connection.send(sent) for connection in connections))
        assert {answer.status for answer in answers} <= {201, 409}
        uids = {data_of(answer, 201)["uid"] for answer in answers if answer.status == 201}
        assert len(uids) == 1


async def test_a_database_that_ends_under_load_loses_nothing(arrangement: Arrangement) -> None:
    with arrangement.runs(rate_limit_enabled="false") as server:
        scene = await make_scene(server, arrangement.url)
        load = Load(server, scene)
        guests = [asyncio.create_task(load.books_until_told()) for _ in range(CONNECTIONS)]
        await load.has_done(CONNECTIONS)
        if arrangement.data_dir is not None:
            kill_postgres(arrangement.data_dir)
        else:
            end_all_sessions(arrangement.url)
        assert await is_ready_again(server)
        await load.has_done(CONNECTIONS)
        load.is_told = True
        await asyncio.gather(*guests)
        await load.assert_all_is_there()
        assert load.other_statuses <= {503}


async def test_a_process_that_is_killed_is_replaced(arrangement: Arrangement) -> None:
    if WORKERS[0] not in arrangement.arguments:
        pytest.skip("there is one process only")
    with arrangement.runs(rate_limit_enabled="false") as server:
        scene = await make_scene(server, arrangement.url)
        connection = await connect(server.port)
        booked = data_of(await connection.send(creating(scene.hour, MONDAY)), 201)["uid"]
        connection.close()
        killed = processes_of(server)
        for process_id in killed:
            os.kill(process_id, signal.SIGKILL)
        assert len(killed) == 2
        assert await is_ready_again(server)
        again = await asks(
            server, f"GET /v2/bookings/{booked} HTTP/1.1\r\ncal-api-version: 2024-08-13\r\n".encode()
        )
        assert json.loads(again.body)["data"]["uid"] == booked


def end_all_sessions(url: str) -> None:
    """End what others have under way in a database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database()"
        )


def processes_of(server: Server) -> list[int]:
    """Return the processes that share the port of a server: children of the one that forks them."""
    return [
        grandchild
        for child in children_of(server.process.pid)
        for grandchild in children_of(child)
        if not Path(f"/proc/{grandchild}/comm").read_text().startswith("postgres")
    ]


def children_of(process_id: int) -> list[int]:
    """Return the children of a process."""
    tasks = Path(f"/proc/{process_id}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]
