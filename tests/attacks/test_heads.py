"""Heads of requests that make work before anything is known of who sends them (findings 2, 8 and 19)."""

import asyncio
import json
import re
import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kalends.db import migrate
from tests.attacks.counting import counted_calls
from tests.support.client import Client, refusal
from tests.support.connection import Answer, connect, connected
from tests.support.postgres import empty_database
from tests.support.server import HOST, Server, running

HEAD = b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
NO_FILES = "no file can be opened: connections are dropped"

MOST_CONNECTIONS = 8
MOST_BYTES = 65_536
ROUND_TRIPS = 50
"""Requests of somebody else in which the server has come to whatever was sent before them."""

SERVERS_SECONDS = "1"
"""How long the server waits for the rest of a request."""

GRACE_SECONDS = 30
"""How long requests may take to finish once the server is told to stop."""

PATIENCE_SECONDS = 45.0
"""Longer than that, and shorter than forever."""


def quoted(size: int) -> str:
    """Return a content type of about so many characters, with a semicolon for nearly each."""
    return f'application/json; a="{";" * size}"'


async def calls_for(client: Client, content_type: str) -> int:
    """Return how many functions are called to answer a POST to nowhere."""
    with counted_calls() as calls:
        await client.post("/nowhere", content=b"{}", headers={"Content-Type": content_type})
    return calls.count


async def test_a_long_content_type_takes_no_more_steps_than_a_short_one(client: Client) -> None:
    await calls_for(client, quoted(100))
    short, long = [await calls_for(client, quoted(size)) for size in (100, 10_000)]
    assert long < short + 100


@pytest.mark.parametrize(("length", "status"), [(256, 404), (257, 415)])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_content_type_of_more_than_256_bytes_is_refused(
    client: Client, method: str, length: int, status: int
) -> None:
    content_type = quoted(0).ljust(length, "x")
    answer = await client.request(method, "/nowhere", content=b"{}", headers={"Content-Type": content_type})
    error = refusal(answer, status)
    assert ("Content-Type" in error["message"]) is (status == 415)


async def test_the_form_of_a_page_is_read_by_the_same_rule(client: Client) -> None:
    answer = await client.post("/booking/x/cancel", content=b"a=b", headers={"Content-Type": quoted(10_000)})
    assert answer.status_code == 415


@pytest.fixture(scope="module")
def server(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server that strangers connect to."""
    own = urlsplit(database_url).path.strip("/")
    with empty_database(database_url, f"{own}_attacks") as url:
        migrate.upgrade(url)
        folder = tmp_path_factory.mktemp("attacks")
        seconds = {
            f"KALENDS_{name}_SECONDS": SERVERS_SECONDS for name in ("REQUEST_HEAD", "REQUEST_BODY", "ANSWER")
        }
        with running(folder, "--database-url", url, KALENDS_WORKER="false", **seconds) as server:
            yield server


@pytest.fixture
def crowded(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """Return a server that takes few connections."""
    few = {"KALENDS_CONNECTIONS_MOST": str(MOST_CONNECTIONS)}
    with running(tmp_path, "--database-url", database_url, KALENDS_WORKER="false", **few) as server:
        yield server


async def answer_to(server: Server, head: bytes) -> Answer:
    connection = await connect(server.port)
    answer = await connection.send(b"GET /health HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n")
    connection.close()
    return answer


async def test_a_head_of_more_than_64_kilobytes_is_refused(server: Server) -> None:
    assert (await answer_to(server, b"X-A: %s\r\n" % (b"a" * (MOST_BYTES // 2)))).status == 200
    answer = await answer_to(server, b"X-A: %s\r\n" % (b"a" * MOST_BYTES))
    assert answer.status == 431


async def test_a_head_of_more_than_200_fields_is_refused(server: Server) -> None:
    assert (await answer_to(server, b"X-A: 1\r\n" * 150)).status == 200
    answer = await answer_to(server, b"X-A: 1\r\n" * 201)
    assert answer.status == 431


async def test_a_head_that_does_not_end_is_refused_before_it_does(server: Server) -> None:
    async with connected(server.port, 2) as (endless, other):
        endless.write(b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * (4 * MOST_BYTES))
        for _ in range(ROUND_TRIPS):
            assert (await other.get("/health")).status == 200
        assert endless.is_answered
        assert (await endless.answer()).status == 431


@pytest.mark.parametrize(
    ("part", "answered"),
    [
        (b"", b""),
        (b"\r\n\r\n", b""),
        (b"GET /health HT", b"HTTP/1.1 408 "),
        (HEAD + b"Content-Length: 9\r\n\r\n{", b"HTTP/1.1 408 "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", b"HTTP/1.1 408 "),
    ],
    ids=["not a byte", "empty lines", "half a head", "half a body", "a chunk"],
)
def test_a_connection_on_which_a_request_does_not_end_is_closed(
    server: Server, part: bytes, answered: bytes
) -> None:
    with socket.create_connection((HOST, server.port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(part)
        received = connection.makefile("rb").read()
    assert received[: len(answered) or None] == answered


def test_a_body_that_comes_too_late_is_refused_in_the_one_envelope(server: Server) -> None:
    with socket.create_connection((HOST, server.port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(HEAD + b"Content-Length: 9\r\n\r\n{")
        _, _, body = connection.makefile("rb").read().partition(b"\r\n\r\n")
    told = json.loads(body)
    assert told["status"] == "error"
    assert told["error"]["code"] == "RequestTimeoutException"


async def test_the_next_request_has_its_own_time(server: Server) -> None:
    async with connected(server.port, 1) as [connection]:
        connection.write(b"GET /health HTTP/1.1\r\n")
        assert (await connection.answer()).status == 408


async def test_a_request_that_is_waited_for_keeps_no_answer_back(server: Server) -> None:
    async with connected(server.port, 1) as [connection]:
        connection.write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET /health HTTP/1.1\r\n")
        assert [(await connection.answer()).status for _ in range(2)] == [200, 408]


def test_a_client_that_takes_no_answer_is_left(server: Server) -> None:
    asked = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 40
    with socket.create_connection((HOST, server.port), timeout=PATIENCE_SECONDS) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.sendall(asked)
        is_open = True
        while is_open:
            # The system takes in what the server does not, until it knows that the server has gone.
            try:
                connection.sendall(asked)
            except ConnectionError:
                is_open = False


async def test_who_asks_nothing_makes_room_for_who_does(crowded: Server) -> None:
    silent = [await connect(crowded.port) for _ in range(MOST_CONNECTIONS)]
    async with connected(crowded.port, MOST_CONNECTIONS):
        for connection in silent:
            await connection.closed()


async def test_a_connection_too_many_is_told_when_to_come_again(crowded: Server) -> None:
    busy = [await connect(crowded.port) for _ in range(MOST_CONNECTIONS)]
    for connection in busy:
        connection.write(HEAD + b"Content-Length: 9\r\n\r\n{")
    late = await connect(crowded.port)
    answer = await late.answer()
    assert answer.status == 503
    assert b"\r\nretry-after: 1" in answer.head
    for connection in busy:
        connection.write(b'"a": 11}')
        assert (await connection.answer()).status == 404
        connection.close()
    assert "connections are refused" in crowded.logged()
    async with connected(crowded.port, MOST_CONNECTIONS):
        pass


async def test_what_was_refused_is_counted(server: Server) -> None:
    before = await refused(server, "broken")
    await answer_to_nonsense(server)
    assert await refused(server, "broken") == before + 1


async def refused(server: Server, reason: str) -> float:
    """Return how many requests were refused for a reason."""
    async with connected(server.port, 1) as [connection]:
        # The page is made at most once a second.
        page = (await connection.get("/metrics")).body.decode()
    found = re.search(rf'^kalends_http_refused_total{{.*reason="{reason}".*}} (.*)$', page, re.MULTILINE)
    return float(found[1]) if found else 0.0


async def answer_to_nonsense(server: Server) -> Answer:
    connection = await connect(server.port)
    answer = await connection.send(b"no request at all\r\n\r\n")
    connection.close()
    return answer


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits other processes")
async def test_the_log_says_that_connections_cannot_be_taken(server: Server) -> None:
    pid = server.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    open_now = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (open_now + 8, before[1]))
    crowd = [socket.create_connection((HOST, server.port)) for _ in range(20)]
    # Connections are taken one after another: when the last that there is room for is closed, all were.
    while NO_FILES not in server.logged():
        crowd.append(socket.create_connection((HOST, server.port)))
    for connection in crowd:
        connection.close()
    resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
    async with connected(server.port, 4) as connections:
        assert len(connections) == 4


async def test_broken_requests_do_not_fill_the_log(server: Server) -> None:
    known = len(server.logged())
    for _ in range(40):
        assert (await answer_to_nonsense(server)).status == 400
    assert len(server.logged()) - known <= 10


async def test_half_a_body_keeps_no_server_from_stopping(database_url: str, tmp_path: Path) -> None:
    with running(tmp_path, "--database-url", database_url, KALENDS_WORKER="false") as server:
        async with connected(server.port, 2) as (half, other):
            half.write(HEAD + b"Content-Length: 9\r\n\r\n{")
            assert (await other.get("/health")).status == 200
            began = time.monotonic()
            await asyncio.to_thread(server.terminate)
            assert time.monotonic() - began < GRACE_SECONDS / 2
            assert (await half.answer()).status == 408
