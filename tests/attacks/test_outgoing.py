"""Requests that users have the server send: where to, and what others wait for (findings 21 and 22).

Nothing is sent here: addresses are judged by the function that judges them, names are looked up in a table.
"""

import asyncio
import socket
import threading
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pytest

from kalends import outgoing
from kalends.outgoing import Outgoing, Unreachable, is_public
from tests.attacks.harm import no_harm, still_harmful

SLOW = 32
"""Names that keep a look-up waiting: as many as there are look-ups at once."""


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(
            address,
            marks=still_harmful(
                21,
                "the table of the interpreter decides what is public",
                condition=ip_address(address).is_global,
            ),
        )
        for address in ("192.0.0.8", "192.0.0.192", "192.88.99.1", "3fff::1", "::ffff:192.0.0.192")
    ],
)
def test_an_address_of_a_special_network_is_not_public(address: str) -> None:
    with no_harm():
        assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "::1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "fec0::1",
        "::",
    ],
)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


class Names:
    """A table in place of the system's look-ups, in which slow names wait until they are let go."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go = threading.Event()

    def __call__(self, host: str, port: int, **_options: Any) -> list[Any]:
        """Look a name up."""
        self.asked.append(host)
        if host.startswith("slow"):
            self.go.wait()
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    """Return the names that there are."""
    table = Names()
    monkeypatch.setattr(socket, "getaddrinfo", table)
    monkeypatch.setattr(outgoing, "CONNECT_SECONDS", 0.5)
    yield table
    table.go.set()


@still_harmful(22, "slow names of one user keep the names of all others from being looked up")
async def test_slow_names_keep_no_other_name_waiting(names: Names) -> None:
    sender = Outgoing(allow_private=False)
    slow = [sender.post(f"http://slow{number}.example/", [], b"") for number in range(SLOW)]
    assert len(await asyncio.gather(*slow, return_exceptions=True)) == SLOW
    assert len(names.asked) == SLOW
    with pytest.raises(Unreachable):
        await sender.post("http://good.example/", [], b"")
    with no_harm():
        assert "good.example" in names.asked
    sender.close()
