"""Clients that send too much, nonsense, or nothing at all: they are refused, and others notice nothing."""

import asyncio
import random
from datetime import timedelta

import pytest

from tests.races.scene import MONDAY, Scene, creating, data_of, make_scene
from tests.support.connection import Answer, connect, connected, request_bytes
from tests.support.server import Server

TEN_MEGABYTES = b" " * 10_000_000
SILENT = 200

HEAD = b"POST /v2/bookings HTTP/1.1\r\nHost: kalends.test\r\ncal-api-version: 2024-08-13\r\n"
JSON = b"Content-Type: application/json\r\n"

NONSENSE = {
    "random bytes": random.Random(1).randbytes(5_000),
    "a TLS greeting": bytes.fromhex("16030100f8010000f40303") + bytes(200),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "an unknown version": b"GET /health HTTP/9.9\r\nHost: kalends.test\r\n\r\n",
    "an unknown method": b"BREW /health HTTP/1.1\r\nHost: kalends.test\r\n\r\n",
    "a header with NUL": b"GET /health HTTP/1.1\r\nHost: kalends.test\r\nX-Note: a\0b\r\n\r\n",
    "a negative length": HEAD + JSON + b"Content-Length: -2\r\n\r\n{}",
    "a length beyond all numbers": HEAD + JSON + b"Content-Length: 9" + b"9" * 40 + b"\r\n\r\n{}",
    "two lengths": HEAD + JSON + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a length and chunks": HEAD + JSON + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a broken chunk": HEAD + JSON + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}",
    "a broken content type": HEAD + b'Content-Type: \xff;;;="\r\nContent-Length: 2\r\n\r\n{}',
}


@pytest.fixture(scope="module")
async def scene(server: Server) -> Scene:
    """Return somebody who can be booked."""
    return await make_scene(server, "")


@pytest.mark.parametrize("sent", NONSENSE.values(), ids=NONSENSE)
async def test_nonsense_is_answered_400_and_the_server_lives_on(server: Server, sent: bytes) -> None:
    assert (await _answer_to(server, sent)).status == 400
    assert (await _answer_to(server, request_bytes("GET", "/health"))).status == 200


async def test_a_path_of_a_megabyte_is_refused(server: Server) -> None:
    path = b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: kalends.test\r\n\r\n"
    assert (await _answer_to(server, path)).status == 431


async def test_a_body_of_ten_megabytes_is_refused_and_the_connection_stays_usable(server: Server) -> None:
    connection = await connect(server.port)
    length = b"Content-Length: %d\r\n\r\n" % len(TEN_MEGABYTES)
    _assert_too_large(await connection.send(HEAD + JSON + length + TEN_MEGABYTES))
    assert (await connection.get("/health")).status == 200
    connection.close()


async def test_a_body_of_ten_megabytes_that_hides_its_length_is_refused(server: Server) -> None:
    chunk = TEN_MEGABYTES[:10_000]
    chunks = (b"%x\r\n" % len(chunk) + chunk + b"\r\n") * (len(TEN_MEGABYTES) // len(chunk))
    _assert_too_large(await _answer_to(server, HEAD + JSON + b"Transfer-Encoding: chunked\r\n\r\n" + chunks))


async def test_a_body_that_is_not_read_harms_nobody(server: Server) -> None:
    connection = await connect(server.port)
    length = b"Content-Length: %d\r\n\r\n" % len(TEN_MEGABYTES)
    connection.write(HEAD + b"Content-Type: application/octet-stream\r\n" + length + TEN_MEGABYTES)
    assert (await connection.answer()).status == 400
    assert (await connection.get("/health")).status == 200
    connection.close()


async def test_half_sent_requests_keep_nobody_waiting(server: Server, scene: Scene) -> None:
    whole = creating(scene.hour, MONDAY)
    end_of_head = whole.index(b"\r\n\r\n") + 4
    async with connected(server.port, SILENT) as silent:
        for number, connection in enumerate(silent):
            connection.write(whole[: number % end_of_head] if number % 2 else whole[:-1])
        data_of(await _answer_to(server, whole), 201)
    assert (await _answer_to(server, whole)).status == 400


async def test_a_body_that_comes_byte_by_byte_is_read_to_its_end(server: Server, scene: Scene) -> None:
    slow = await connect(server.port)
    others = await connect(server.port)
    for byte in creating(scene.hour, MONDAY + timedelta(days=1)):
        slow.write(bytes([byte]))
        assert (await others.get("/health")).status == 200
    data_of(await slow.answer(), 201)
    slow.close()
    others.close()


async def test_who_leaves_before_the_answer_books_wholly_or_not_at_all(server: Server, scene: Scene) -> None:
    start = MONDAY + timedelta(days=2)
    async with connected(server.port, 20) as impatient:
        for number, connection in enumerate(impatient):
            connection.write(creating(scene.hour, start + number * timedelta(hours=1)))
    assert (await _answer_to(server, request_bytes("GET", "/health"))).status == 200


async def test_requests_that_come_in_one_piece_are_answered_in_their_order(
    server: Server, scene: Scene
) -> None:
    connection = await connect(server.port)
    start = MONDAY + timedelta(days=10)
    connection.write(
        creating(scene.hour, start) + request_bytes("GET", "/health") * 20 + creating(9_999, start)
    )
    statuses = [(await connection.answer()).status for _ in range(22)]
    assert statuses == [201, *[200] * 20, 404]
    connection.close()


async def test_who_reads_no_answers_stops_nobody(server: Server) -> None:
    greedy = await connect(server.port)
    greedy.pause()
    greedy.write(request_bytes("GET", "/v2/timezones") * 500)
    assert (await _answer_to(server, request_bytes("GET", "/health"))).status == 200
    greedy.close()


async def _answer_to(server: Server, sent: bytes) -> Answer:
    connection = await connect(server.port)
    try:
        return await asyncio.wait_for(connection.send(sent), 30)
    finally:
        connection.close()


def _assert_too_large(answer: Answer) -> None:
    assert answer.status == 413
    assert answer.json()["error"]["code"] == "PayloadTooLargeException"
