"""A body is sent to the judged address only, for a bounded time, and what fails says how far it came."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kalends.outgoing import Answer, Limits, Outgoing, Unreachable, parse_url
from tests.outgoing.servers import Authority, Names, answers, never_ends, serving
from tests.support.receiver import (
    Behaviour,
    Receiver,
    hangs,
    receiving,
    trickles,
    trickles_body,
)
from tests.support.receiver import answers as replies

_PUBLIC = "93.184.216.34"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Return a subscriber."""
    async with receiving() as running:
        yield running


@pytest.fixture
def open_outgoing() -> Outgoing:
    """Return what may reach loopback."""
    return Outgoing(allow_private=True)


@pytest.fixture
def strict_outgoing() -> Outgoing:
    """Return what may reach public addresses only."""
    return Outgoing(allow_private=False)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]"]
)
async def test_however_loopback_is_spelled_it_is_not_reached(
    strict_outgoing: Outgoing, receiver: Receiver, host: str
) -> None:
    port = parse_url(receiver.url).port
    with pytest.raises(Unreachable) as refused:
        await strict_outgoing.post(f"http://{host}:{port}/x", [], b"{}", owner=1)
    assert refused.value.kind == "blocked_address"
    assert receiver.requests == []


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.1", "fe80::1%lo", "64:ff9b::a00:1"])
async def test_a_name_is_looked_up_once_and_refused_for_one_bad_address_of_many(address: str) -> None:
    names = Names({"rebinding.example": [_PUBLIC, address]})
    outgoing = Outgoing(allow_private=False, resolve=names)
    with pytest.raises(Unreachable) as refused:
        await outgoing.post("http://rebinding.example/", [], b"{}", owner=1)
    assert refused.value.kind == "blocked_address"
    assert str(refused.value) == (
        "rebinding.example does not lead to a public address; "
        "KALENDS_OUTGOING_ALLOW_PRIVATE=true would allow it"
    )
    assert names.asked == ["rebinding.example"]


async def test_the_connection_goes_to_the_judged_address_under_the_name_that_was_asked_for(
    receiver: Receiver,
) -> None:
    names = Names({"hooks.example.org": ["127.0.0.1"]})
    outgoing = Outgoing(allow_private=True, resolve=names)
    port = parse_url(receiver.url).port
    answer = await outgoing.post(f"http://hooks.example.org:{port}/a?b=c&d=é", [], b"{}", owner=1)
    assert answer.status == 200
    [request] = receiver.requests
    assert request.headers["host"] == f"hooks.example.org:{port}"
    assert request.path == "/a?b=c&d=%C3%A9"
    assert names.asked == ["hooks.example.org"]


async def test_an_address_that_does_not_answer_gives_way_to_the_next(receiver: Receiver) -> None:
    names = Names({"hooks.example.org": ["127.0.0.2", "::1", "127.0.0.1"]})
    outgoing = Outgoing(allow_private=True, resolve=names)
    port = parse_url(receiver.url).port
    answer = await outgoing.post(f"http://hooks.example.org:{port}/", [], b"{}", owner=1)
    assert answer.status == 200


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_proxies_of_the_environment_are_not_asked(
    open_outgoing: Outgoing, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:1")
    assert (await open_outgoing.post(receiver.url, [], b"{}", owner=1)).status == 200


async def test_redirects_are_not_followed(open_outgoing: Outgoing, receiver: Receiver) -> None:
    async with receiving() as other:
        receiver.next_answers = [replies(302, "", f"Location: {other.url}")]
        assert (await open_outgoing.post(receiver.url, [], b"{}", owner=1)).status == 302
        assert other.requests == []


@pytest.mark.parametrize("behave", [hangs, trickles])
async def test_who_does_not_answer_in_time_is_given_up(receiver: Receiver, behave: Behaviour) -> None:
    outgoing = Outgoing(allow_private=True, limits=Limits(total_seconds=0.2))
    receiver.next_answers = [behave]
    with pytest.raises(Unreachable) as late:
        await outgoing.post(receiver.url, [], b"{}", owner=1)
    assert (late.value.kind, str(late.value)) == ("timeout", "no answer within 0.2 seconds")


async def test_a_body_that_never_ends_does_not_undo_the_status(receiver: Receiver) -> None:
    outgoing = Outgoing(allow_private=True, limits=Limits(total_seconds=0.6))
    receiver.next_answers = [trickles_body]
    assert await outgoing.post(receiver.url, [], b"{}", owner=1) == Answer(200, "thanks")


async def test_of_an_endless_body_only_the_beginning_is_read(open_outgoing: Outgoing) -> None:
    async with serving(never_ends(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65_536)) as web:
        answer = await open_outgoing.post(f"http://127.0.0.1:{web.port}/", [], b"", owner=1)
    assert answer == Answer(200, "x" * 1_024)


@pytest.mark.parametrize(
    ("begin", "piece"),
    [(b"HTTP/1.1 200 OK\r\n", b"X-More: and more\r\n"), (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n")],
)
async def test_a_head_that_never_ends_is_no_answer(
    open_outgoing: Outgoing, begin: bytes, piece: bytes
) -> None:
    async with serving(never_ends(begin, piece)) as web:
        with pytest.raises(Unreachable) as endless:
            await open_outgoing.post(f"http://127.0.0.1:{web.port}/", [], b"", owner=1)
    assert endless.value.kind == "protocol"


async def test_a_closed_port_and_an_unknown_name_are_told_apart(open_outgoing: Outgoing) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Unreachable) as refused:
        await open_outgoing.post(f"http://127.0.0.1:{port}/", [], b"{}", owner=1)
    assert (refused.value.kind, str(refused.value)) == ("connect", "Connection refused")
    with pytest.raises(Unreachable) as unknown:
        await open_outgoing.post("http://nowhere.invalid/", [], b"{}", owner=1)
    assert (unknown.value.kind, str(unknown.value)) == ("dns", "the name nowhere.invalid cannot be resolved")


async def test_a_name_without_addresses_is_told_as_such() -> None:
    outgoing = Outgoing(allow_private=True, resolve=Names({"empty.example": []}))
    with pytest.raises(Unreachable) as unknown:
        await outgoing.post("http://empty.example/", [], b"{}", owner=1)
    assert (unknown.value.kind, str(unknown.value)) == ("dns", "the name empty.example has no address")


async def test_several_addresses_that_refuse_are_not_told(receiver: Receiver) -> None:
    names = Names({"closed.example": ["127.0.0.1", "127.0.0.2"]})
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Unreachable) as refused:
        await Outgoing(allow_private=True, resolve=names).post(
            f"http://closed.example:{port}/", [], b"", owner=1
        )
    assert refused.value.kind == "connect"
    assert "127" not in str(refused.value)


@pytest.mark.parametrize(
    ("host", "served", "is_known", "kind"),
    [
        ("secure.example", "secure.example", True, None),
        ("secure.example", "other.example", True, "tls"),
        ("secure.example", "secure.example", False, "tls"),
        ("127.0.0.1", "secure.example", True, "tls"),
    ],
)
async def test_the_certificate_must_be_that_of_the_name(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    served: str,
    is_known: bool,
    kind: str | None,
) -> None:
    authority = Authority(tmp_path)
    if is_known:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    outgoing = Outgoing(allow_private=True, resolve=Names({"secure.example": ["127.0.0.1"]}))
    async with serving(answers(b"hello"), authority.server_context(served)) as web:
        url = f"https://{host}:{web.port}/"
        if kind is None:
            assert await outgoing.post(url, [], b"{}", owner=1) == Answer(200, "hello")
            return
        with pytest.raises(Unreachable) as failed:
            await outgoing.post(url, [], b"{}", owner=1)
    assert failed.value.kind == kind
    assert web.heads == []


async def test_a_receiver_without_tls_is_told_as_such(open_outgoing: Outgoing) -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.org ESMTP\r\n")
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unreachable) as failed:
            await open_outgoing.post(f"https://127.0.0.1:{port}/", [], b"{}", owner=1)
    assert failed.value.kind == "tls"


async def test_a_handshake_that_hangs_ends_in_time(receiver: Receiver) -> None:
    outgoing = Outgoing(allow_private=True, limits=Limits(connect_seconds=0.1))
    with pytest.raises(Unreachable) as late:
        await outgoing.post(receiver.url.replace("http://", "https://"), [], b"{}", owner=1)
    assert (late.value.kind, str(late.value)) == ("timeout", "no connection within 0.1 seconds")
