"""A proxy is asked for judged addresses; TLS and the header `Host` have the name."""

import socket
from pathlib import Path

import pytest

from kalends.outgoing import Answer, Outgoing, Unreachable
from kalends.settings.proxy_url import ProxyAddress, proxy_of
from tests.outgoing.servers import Authority, FakeProxy, Names, answers, serving, stops_after

_FIRST, _SECOND = "93.184.216.34", "2606:4700::1111"


def _through(port: int, names: Names, *, user: str = "") -> Outgoing:
    return Outgoing(allow_private=False, proxy=proxy_of(f"http://{user}127.0.0.1:{port}"), resolve=names)


async def test_the_proxy_is_asked_for_the_judged_address() -> None:
    names = Names({"hooks.example": [_FIRST]})
    async with serving(answers(b"hello")) as web, serving(FakeProxy(web.port)) as proxy:
        outgoing = _through(proxy.port, names, user="ana:s%40crET@")
        answer = await outgoing.post("http://hooks.example/a", [], b"{}", owner=1)
    assert answer == Answer(200, "hello")
    [head] = proxy.heads
    assert head == (
        f"CONNECT {_FIRST}:80 HTTP/1.1\r\nHost: {_FIRST}:80\r\n"
        "Proxy-Authorization: Basic YW5hOnNAY3JFVA==\r\n\r\n"
    )
    assert web.heads[0].startswith("POST /a HTTP/1.1\r\nHost: hooks.example\r\n")
    assert "proxy-authorization" not in web.heads[0].lower()


async def test_tls_goes_through_the_tunnel_under_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    names = Names({"hooks.example": [_FIRST], "other.example": [_FIRST]})
    tls = authority.server_context("hooks.example")
    async with serving(answers(b"hello"), tls) as web, serving(FakeProxy(web.port)) as proxy:
        outgoing = _through(proxy.port, names)
        assert await outgoing.post("https://hooks.example/", [], b"{}", owner=1) == Answer(200, "hello")
        async with outgoing.client(1) as client:
            assert (await client.get("https://hooks.example/")).text == "hello"
        with pytest.raises(Unreachable) as forged:
            await outgoing.post("https://other.example/", [], b"{}", owner=1)
    assert forged.value.kind == "tls"
    assert {head.split(" ")[1] for head in proxy.heads} == {f"{_FIRST}:443"}


async def test_what_is_not_public_is_not_asked_for_through_a_proxy_either() -> None:
    names = Names({"changing.example": [[_FIRST], ["10.0.0.1"]], "inside.example": ["127.0.0.1"]})
    async with serving(answers(b"hello")) as web, serving(FakeProxy(web.port)) as proxy:
        outgoing = _through(proxy.port, names)
        assert (await outgoing.post("http://changing.example/", [], b"", owner=1)).status == 200
        for url in ("http://changing.example/", "http://inside.example/", "http://[::1]/"):
            with pytest.raises(Unreachable) as refused:
                await outgoing.post(url, [], b"", owner=1)
            assert refused.value.kind == "blocked_address"
    assert len(proxy.heads) == 1


async def test_every_hop_of_a_redirect_is_judged() -> None:
    names = Names({"hooks.example": [_FIRST], "inside.example": ["169.254.169.254"]})
    moved = answers(b"", "Location: http://inside.example/latest/meta-data", status=302)
    async with (
        serving(moved) as web,
        serving(FakeProxy(web.port)) as proxy,
        _through(proxy.port, names).client(1) as client,
    ):
        with pytest.raises(Unreachable) as refused:
            await client.get("http://hooks.example/", follow_redirects=True)
    assert refused.value.kind == "blocked_address"
    assert names.asked == ["hooks.example", "inside.example"]
    assert len(proxy.heads) == 1


async def test_an_address_that_the_proxy_does_not_reach_gives_way_to_the_next() -> None:
    names = Names({"hooks.example": [_SECOND, _FIRST]})
    async with (
        serving(answers(b"hello")) as web,
        serving(FakeProxy(web.port, unreachable=[f"[{_SECOND}]:80"])) as proxy,
    ):
        outgoing = _through(proxy.port, names)
        assert (await outgoing.post("http://hooks.example/", [], b"", owner=1)).status == 200
    assert [head.split(" ")[1] for head in proxy.heads] == [f"[{_SECOND}]:80", f"{_FIRST}:80"]


async def test_a_proxy_that_refuses_is_asked_once() -> None:
    names = Names({"hooks.example": [_SECOND, _FIRST]})
    async with serving(FakeProxy(0, status=407)) as proxy:
        with pytest.raises(Unreachable) as refused:
            await _through(proxy.port, names).post("http://hooks.example/", [], b"", owner=1)
    assert (refused.value.kind, str(refused.value)) == ("connect", "the proxy answered 407")
    assert len(proxy.heads) == 1


@pytest.mark.parametrize("said", [b"220 mail.example.org ESMTP\r\n\r\n", b"HTTP/1.1 200 OK\r\n" * 1_024])
async def test_a_proxy_that_speaks_no_http_is_told_as_such(said: bytes) -> None:
    async with serving(stops_after(said)) as proxy:
        with pytest.raises(Unreachable) as refused:
            await _through(proxy.port, Names({"hooks.example": [_FIRST]})).post(
                "http://hooks.example/", [], b"", owner=1
            )
    assert (refused.value.kind, str(refused.value)) == ("connect", "the proxy answered what is no HTTP")


@pytest.mark.parametrize("host", ["127.0.0.1", "unknown.example", "empty.example"])
async def test_a_proxy_that_is_not_there_is_told_as_such(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    outgoing = Outgoing(
        allow_private=False,
        proxy=ProxyAddress(host, port, None),
        resolve=Names({"hooks.example": [_FIRST], "empty.example": []}),
    )
    with pytest.raises(Unreachable) as refused:
        await outgoing.post("http://hooks.example/", [], b"", owner=1)
    assert (refused.value.kind, str(refused.value)) == ("connect", "the proxy cannot be reached")
