"""Requests go to the open internet, for a bounded time, and nowhere else (webhooks.md 11)."""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from kalends import outgoing
from kalends.encryption import Keyring
from kalends.outgoing import Answer, InvalidUrl, Outgoing, Unreachable, is_public, parse_url
from kalends.webhooks.courier import Courier
from tests.support.client import Host
from tests.support.receiver import (
    Behaviour,
    Receiver,
    answers,
    hangs,
    receiving,
    trickles,
    trickles_body,
)
from tests.webhooks.conftest import Post, deliveries, subscribe
from tests.webhooks.test_delivering import books


@pytest.fixture
async def open_outgoing() -> AsyncIterator[Outgoing]:
    """Return what may reach loopback."""
    sender = Outgoing(allow_private=True)
    yield sender
    sender.close()


@pytest.fixture
async def strict_outgoing() -> AsyncIterator[Outgoing]:
    """Return what may reach public addresses only."""
    sender = Outgoing(allow_private=False)
    yield sender
    sender.close()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",  # noqa: S104 - an address to judge, not to listen on
        "198.18.0.1",
        "203.0.113.5",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2002:0a00:0001::",
        "2001::7f00:1",
        "::127.0.0.1",
    ],
)
def test_addresses_that_lead_inwards_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]"]
)
async def test_however_loopback_is_spelled_it_is_not_reached(
    strict_outgoing: Outgoing, receiver: Receiver, host: str
) -> None:
    port = parse_url(receiver.url).port
    with pytest.raises(Unreachable) as refused:
        await strict_outgoing.post(f"http://{host}:{port}/x", [], b"{}")
    assert refused.value.kind == "blocked_address"
    assert receiver.requests == []


async def test_a_name_is_looked_up_once_and_refused_for_one_bad_address_of_many(
    strict_outgoing: Outgoing, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookups: list[str] = []

    def resolve(host: str, port: int, **_options: Any) -> list[Any]:
        lookups.append(host)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in ("93.184.216.34", "10.0.0.1")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(Unreachable) as refused:
        await strict_outgoing.post("http://rebinding.example/", [], b"{}")
    assert refused.value.kind == "blocked_address"
    assert "10.0.0.1" not in str(refused.value)
    assert lookups == ["rebinding.example"]


async def test_the_connection_goes_to_the_judged_address_under_the_name_that_was_asked_for(
    open_outgoing: Outgoing, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookups: list[str] = []
    resolve = socket.getaddrinfo

    def resolved(host: str, port: int, **options: Any) -> Any:
        lookups.append(host)
        return resolve("127.0.0.1" if host == "hooks.example.org" else host, port, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    port = parse_url(receiver.url).port
    answer = await open_outgoing.post(f"http://hooks.example.org:{port}/a?b=c&d=é", [], b"{}")
    assert answer.status == 200
    [request] = receiver.requests
    assert request.headers["host"] == f"hooks.example.org:{port}"
    assert request.path == "/a?b=c&d=%C3%A9"
    assert lookups == ["hooks.example.org"]


async def test_redirects_are_not_followed(open_outgoing: Outgoing, receiver: Receiver) -> None:
    async with receiving() as other:
        receiver.next_answers = [answers(302, "", f"Location: {other.url}")]
        assert (await open_outgoing.post(receiver.url, [], b"{}")).status == 302
        assert other.requests == []


@pytest.mark.parametrize("behave", [hangs, trickles])
async def test_who_does_not_answer_in_time_is_given_up(
    open_outgoing: Outgoing, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, behave: Behaviour
) -> None:
    monkeypatch.setattr(outgoing, "TOTAL_SECONDS", 0.2)
    receiver.next_answers = [behave]
    with pytest.raises(Unreachable) as late:
        await open_outgoing.post(receiver.url, [], b"{}")
    assert late.value.kind == "timeout"


async def test_a_body_that_never_ends_does_not_undo_the_status(
    open_outgoing: Outgoing, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "TOTAL_SECONDS", 0.6)
    receiver.next_answers = [trickles_body]
    assert await open_outgoing.post(receiver.url, [], b"{}") == Answer(200, "thanks")


async def test_a_closed_port_and_an_unknown_name_are_told_apart(open_outgoing: Outgoing) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Unreachable) as refused:
        await open_outgoing.post(f"http://127.0.0.1:{port}/", [], b"{}")
    assert refused.value.kind == "connect"
    with pytest.raises(Unreachable) as unknown:
        await open_outgoing.post("http://nowhere.invalid/", [], b"{}")
    assert unknown.value.kind == "dns"


async def test_a_receiver_without_tls_is_told_as_such(open_outgoing: Outgoing) -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.org ESMTP\r\n")
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unreachable) as failed:
            await open_outgoing.post(f"https://127.0.0.1:{port}/", [], b"{}")
    assert failed.value.kind == "tls"


async def test_a_blocked_delivery_is_logged_as_such(ana: Host, receiver: Receiver, post: Post) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED")
    strict = Outgoing(allow_private=False)
    post.courier = Courier(strict, Keyring(post.settings), post.clock)
    await books(ana)
    await post.delivers()
    strict.close()
    [logged] = await deliveries(ana, webhook)
    assert logged["attempts"][0]["error"] == "blocked_address"
    assert "KALENDS_OUTGOING_ALLOW_PRIVATE" in logged["attempts"][0]["errorDetail"]
    assert receiver.requests == []


async def test_a_secret_of_another_key_is_logged_and_shown_to_nobody(
    ana: Host, receiver: Receiver, post: Post
) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED", secret="s3cret")
    other = post.settings.model_copy(update={"secret_key": SecretStr("another secret of 32 characters!")})
    post.courier = Courier(post.courier._outgoing, Keyring(other), post.clock)
    await books(ana)
    await post.delivers()
    [logged] = await deliveries(ana, webhook)
    assert logged["attempts"][0]["error"] == "secret"
    assert "KALENDS_SECRET_KEY" in logged["attempts"][0]["errorDetail"]
    assert receiver.requests == []


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("https://example.com", "example.com", b"/"),
        ("https://example.com:443/a", "example.com", b"/a"),
        ("http://EXAMPLE.com:8080/a%20b?c=%26#d", "example.com:8080", b"/a%20b?c=%26"),
        ("http://[2606:4700::1]:81/", "[2606:4700::1]:81", b"/"),
        ("https://bücher.example/ü", "xn--bcher-kva.example", b"/%C3%BC"),
    ],
)
def test_urls_are_taken_apart(url: str, authority: str, path: bytes) -> None:
    target = parse_url(url)
    assert (target.authority, target.path) == (authority, path)


@pytest.mark.parametrize(
    "url", ["", "/a", "//example.com", "http://", "http://a:0/", "http://[::1", "http://\u2028/"]
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(InvalidUrl):
        parse_url(url)
