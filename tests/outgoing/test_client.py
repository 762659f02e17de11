"""A client reads bounded answers, follows redirects only where asked, and judges every hop."""

import asyncio
import gzip
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from httpcore2 import AsyncConnectionInterface

from kalends import __version__
from kalends.outgoing import InvalidUrl, Limits, Outgoing, Unreachable
from kalends.outgoing.client import Client
from kalends.outgoing.transport import VettedTransport
from tests.outgoing.servers import Authority, Names, Web, answers, never_ends, serving, stops_after

_NAMES = Names({"one.example": ["127.0.0.1"], "two.example": ["127.0.0.1"]})
_SMALL = Limits(most_answer_bytes=100_000)
_HASTY = Limits(total_seconds=0.2)


def _client(limits: Limits | None = None) -> Client:
    return Outgoing(allow_private=True, resolve=_NAMES).client("ana", limits)


def _kept(client: Client) -> Sequence[AsyncConnectionInterface]:
    """Return the connections of a client."""
    transport = client._transport
    assert isinstance(transport, VettedTransport)
    return transport._pool.connections


def _url(web: Web, host: str = "one.example") -> str:
    return f"http://{host}:{web.port}/"


async def test_an_answer_is_read_whole_and_its_connection_is_kept() -> None:
    says = answers(b'{"free": true}', "Content-Type: application/json")
    async with serving(says) as web, _client() as client:
        for _ in range(3):
            answer = await client.post(_url(web), json={"a": 1})
            assert answer.json() == {"free": True}
        assert web.connections == 1
        assert f"host: one.example:{web.port}\r\n" in web.heads[0].lower()
        assert f"user-agent: kalends/{__version__}\r\n" in web.heads[0].lower()


@pytest.mark.parametrize("unasked", [b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged", b""])
async def test_a_kept_connection_on_which_something_came_or_that_was_closed_is_not_used(
    unasked: bytes,
) -> None:
    writers: list[asyncio.StreamWriter] = []

    async def handle(_head: str, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine")
        await writer.drain()

    async with serving(handle) as web, _client() as client:
        assert (await client.get(_url(web))).content == b"mine"
        [kept] = _kept(client)
        assert not kept.has_expired()
        writers[0].write(unasked)
        writers[0].write_eof()
        while not kept.has_expired():
            await asyncio.sleep(0)
        assert (await client.get(_url(web))).content == b"mine"
        assert web.connections == 2


async def test_a_client_has_only_so_many_connections() -> None:
    gate = asyncio.Event()
    at_once: list[int] = []
    open_now = 0

    async def handle(_head: str, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_now
        open_now += 1
        at_once.append(open_now)
        if open_now == 2:
            gate.set()
        await gate.wait()
        open_now -= 1
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()

    async with serving(handle) as web, _client(Limits(connections=2)) as client:
        found = await asyncio.gather(*(client.get(_url(web)) for _ in range(6)))
    assert [answer.status_code for answer in found] == [204] * 6
    assert max(at_once) == 2


@pytest.mark.parametrize(
    "compressed",
    [gzip.compress(b"hello " * 1_000), gzip.compress(b"hello " * 500) * 2 + b"\0" * 8],
    ids=["one member", "two members"],
)
async def test_a_compressed_answer_is_decompressed(compressed: bytes) -> None:
    async with serving(answers(compressed, "Content-Encoding: gzip")) as web, _client() as client:
        answer = await client.get(_url(web))
    assert answer.content == b"hello " * 1_000
    assert "content-encoding" not in answer.headers
    assert "accept-encoding: gzip\r\n" in web.heads[0].lower()


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (answers(b"x" * 100_001), "the answer is larger than 100000 bytes"),
        (never_ends(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65_536), "the answer is larger than 100000 bytes"),
        (
            answers(gzip.compress(b"\0" * 50_000_000), "Content-Encoding: gzip"),
            "the answer is larger than 100000 bytes",
        ),
        (
            never_ends(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", gzip.compress(b"") * 1_000),
            "the answer is larger than 100000 bytes",
        ),
        (
            answers(gzip.compress(b"hello")[:-4], "Content-Encoding: gzip"),
            "the compressed answer breaks off",
        ),
        (answers(b"hello", "Content-Encoding: gzip"), "the answer cannot be decompressed"),
        (
            answers(zlib.compress(b"hello"), "Content-Encoding: deflate"),
            "the answer is compressed in a way that was not asked for",
        ),
        (
            answers(gzip.compress(gzip.compress(b"hello")), "Content-Encoding: gzip, gzip"),
            "the answer is compressed in a way that was not asked for",
        ),
    ],
    ids=["large", "endless", "bomb", "nothing for ever", "cut", "plain", "deflate", "twice"],
)
async def test_what_cannot_be_read_within_the_bounds_is_given_up(answer: object, detail: str) -> None:
    assert callable(answer)
    async with serving(answer) as web, _client(_SMALL) as client:
        with pytest.raises(Unreachable) as given_up:
            await client.get(_url(web))
        assert (given_up.value.kind, str(given_up.value)) == ("protocol", detail)
        # It takes nothing away from those that come after it.
        for _ in range(_SMALL.connections):
            with pytest.raises(Unreachable):
                await client.get(_url(web))


@pytest.mark.parametrize("body", [b"x" * 150_000, gzip.compress(b"\0" * 50_000_000)], ids=["large", "bomb"])
async def test_a_streamed_answer_is_bounded_too(body: bytes) -> None:
    encoding = "gzip" if body.startswith(b"\x1f\x8b") else "identity"
    read: list[int] = []
    async with (
        serving(answers(body, f"Content-Encoding: {encoding}")) as web,
        _client(_SMALL) as client,
        client.stream("GET", _url(web)) as answer,
    ):
        with pytest.raises(Unreachable):
            read.extend([len(piece) async for piece in answer.aiter_bytes()])
    assert sum(read) <= _SMALL.most_answer_bytes


@pytest.mark.parametrize(
    "begin", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nslow"]
)
async def test_an_answer_that_does_not_come_to_its_end_is_given_up(begin: bytes) -> None:
    async with serving(stops_after(begin)) as web, _client(_HASTY) as client:
        with pytest.raises(Unreachable) as late:
            await client.get(_url(web))
    assert (late.value.kind, str(late.value)) == ("timeout", "no answer within 0.2 seconds")


async def test_an_answer_that_is_no_http_is_told_as_such() -> None:
    async with serving(stops_after(b"220 mail.example.org ESMTP\r\n\r\n")) as web, _client() as client:
        with pytest.raises(Unreachable) as failed:
            await client.get(_url(web))
    assert failed.value.kind == "protocol"


async def test_redirects_are_followed_only_where_asked_for() -> None:
    async with serving(answers(b"there")) as other:
        location = f"Location: {_url(other, 'two.example')}"
        async with serving(answers(b"", location, status=302)) as web, _client() as client:
            assert (await client.get(_url(web))).status_code == 302
            assert other.heads == []
            answer = await client.get(_url(web), headers={"Authorization": "Bearer 1"}, follow_redirects=True)
            assert answer.text == "there"
    assert "authorization" in web.heads[1].lower()
    assert "authorization" not in other.heads[0].lower()


async def test_a_redirect_circle_is_given_up() -> None:
    async with serving(answers(b"", "Location: /again", status=307)) as web, _client() as client:
        with pytest.raises(Unreachable) as circle:
            await client.get(_url(web), follow_redirects=True)
    assert (circle.value.kind, str(circle.value)) == ("protocol", "more than 5 redirects")
    assert len(web.heads) == 6


@pytest.mark.parametrize("location", ["ftp://one.example/", "file:///etc/passwd", "http://[::1"])
async def test_a_redirect_to_what_is_no_web_address_is_given_up(location: str) -> None:
    async with serving(answers(b"", f"Location: {location}", status=302)) as web, _client() as client:
        with pytest.raises(Unreachable) as failed:
            await client.get(_url(web), follow_redirects=True)
    assert failed.value.kind == "protocol"


async def test_redirects_share_the_time_of_their_request() -> None:
    hops = 0

    async def handle(_head: str, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal hops
        hops += 1
        await asyncio.sleep(0.15)
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with serving(handle) as web, _client(_HASTY) as client:
        with pytest.raises(Unreachable) as late:
            await client.get(_url(web), follow_redirects=True)
    assert late.value.kind == "timeout"
    assert hops <= 2


async def test_private_addresses_are_not_reached() -> None:
    strict = Outgoing(allow_private=False, resolve=_NAMES)
    async with serving(answers(b"secret")) as web, strict.client("ana") as client:
        for host in ("one.example", "127.0.0.1", "[::1]"):
            with pytest.raises(Unreachable) as refused:
                await client.get(_url(web, host))
            assert refused.value.kind == "blocked_address"
    assert web.heads == []


async def test_a_name_that_has_no_address_and_a_closed_port_are_told_apart() -> None:
    async with serving(answers()) as web:
        closed = web.port
    async with _client() as client:
        with pytest.raises(Unreachable) as unknown:
            await client.get("http://unknown.example/")
        with pytest.raises(Unreachable) as refused:
            await client.get(f"http://one.example:{closed}/")
    assert (unknown.value.kind, refused.value.kind) == ("dns", "connect")


@pytest.mark.parametrize(("served", "is_good"), [("one.example", True), ("two.example", False)])
async def test_the_certificate_must_be_that_of_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, served: str, is_good: bool
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    async with serving(answers(b"hello"), authority.server_context(served)) as web, _client() as client:
        url = _url(web).replace("http://", "https://")
        if is_good:
            assert (await client.get(url)).text == (await client.get(url)).text == "hello"
            assert web.connections == 1
            return
        with pytest.raises(Unreachable) as failed:
            await client.get(url)
        assert failed.value.kind == "tls"
        assert web.heads == []


async def test_names_are_looked_up_by_idna_2008() -> None:
    names = Names({"xn--strae-oqa.example": ["127.0.0.1"]})
    outgoing = Outgoing(allow_private=True, resolve=names)
    async with serving(answers(b"here")) as web, outgoing.client("ana") as client:
        assert (await client.get(_url(web, "straße.example"))).text == "here"
    assert names.asked == ["xn--strae-oqa.example"]


@pytest.mark.parametrize("url", ["http://[::1", "http://☃.example/", "http://a:0/", "http://a:65536/"])
async def test_what_is_no_url_is_refused(url: str) -> None:
    async with _client() as client:
        with pytest.raises(InvalidUrl):
            await client.get(url)


@pytest.mark.parametrize("url", ["/path", "ftp://one.example/", "http:///path"])
async def test_a_url_of_no_web_address_is_refused(url: str) -> None:
    async with _client() as client:
        with pytest.raises((InvalidUrl, Unreachable)):
            await client.get(url)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_proxies_of_the_environment_are_not_asked(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:1")
    async with serving(answers(b"direct")) as web, _client() as client:
        assert (await client.get(_url(web))).text == "direct"
