"""Heads of requests that make work before anything is known of who sends them (findings 2, 8 and 19)."""

import resource
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kalends.db import migrate
from tests.attacks.counting import counted_calls
from tests.attacks.harm import no_harm, still_harmful
from tests.support.client import Client, refusal
from tests.support.connection import Answer, connect, connected
from tests.support.postgres import empty_database
from tests.support.server import HOST, Server, running

MOST_BYTES = 65_536
ROUND_TRIPS = 50
"""Requests of somebody else in which the server has come to whatever was sent before them."""

PATIENCE_SECONDS = 45.0
"""Longer than a server should wait for the rest of a request, and shorter than forever."""

UNBOUNDED = "the server reads heads of any size"
FOR_EVER = "the server waits for the rest of a request for ever"


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
        with running(folder, "--database-url", url, KALENDS_WORKER="false") as server:
            yield server


async def answer_to(server: Server, head: bytes) -> Answer:
    connection = await connect(server.port)
    answer = await connection.send(b"GET /health HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n")
    connection.close()
    return answer


@still_harmful(8, UNBOUNDED)
async def test_a_head_of_more_than_64_kilobytes_is_refused(server: Server) -> None:
    assert (await answer_to(server, b"X-A: %s\r\n" % (b"a" * (MOST_BYTES // 2)))).status == 200
    answer = await answer_to(server, b"X-A: %s\r\n" % (b"a" * MOST_BYTES))
    with no_harm():
        assert answer.status == 431


@still_harmful(8, UNBOUNDED)
async def test_a_head_of_more_than_200_fields_is_refused(server: Server) -> None:
    assert (await answer_to(server, b"X-A: 1\r\n" * 150)).status == 200
    answer = await answer_to(server, b"X-A: 1\r\n" * 201)
    with no_harm():
        assert answer.status == 431


@still_harmful(8, UNBOUNDED)
async def test_a_head_that_does_not_end_is_refused_before_it_does(server: Server) -> None:
    async with connected(server.port, 2) as (endless, other):
        endless.write(b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * (4 * MOST_BYTES))
        for _ in range(ROUND_TRIPS):
            assert (await other.get("/health")).status == 200
        is_refused = endless.is_answered
    with no_harm():
        assert is_refused


@pytest.mark.full
@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"GET /health HT",
        b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
    ],
    ids=["not a byte", "half a head", "half a body"],
)
@still_harmful(19, FOR_EVER)
def test_a_connection_on_which_a_request_does_not_end_is_closed(server: Server, part: bytes) -> None:
    with socket.create_connection((HOST, server.port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(part)
        is_open = False
        try:
            connection.recv(1)
        except TimeoutError:
            is_open = True
    with no_harm():
        assert not is_open


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits other processes")
@still_harmful(19, "connections that cannot be taken are refused without a word in the log")
async def test_the_log_says_that_connections_cannot_be_taken(server: Server) -> None:
    pid = server.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    known = len(server.logged())
    open_now = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (open_now + 8, before[1]))
    crowd = [socket.create_connection((HOST, server.port)) for _ in range(20)]
    for connection in crowd:
        connection.close()
    resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
    async with connected(server.port, 4) as connections:
        assert len(connections) == 4
    with no_harm():
        assert len(server.logged()) > known


@still_harmful(29, "each broken request of a stranger is a line of the log")
async def test_broken_requests_do_not_fill_the_log(server: Server) -> None:
    known = len(server.logged())
    for _ in range(40):
        connection = await connect(server.port)
        assert (await connection.send(b"no request at all\r\n\r\n")).status == 400
        connection.close()
    with no_harm():
        assert len(server.logged()) - known <= 10
