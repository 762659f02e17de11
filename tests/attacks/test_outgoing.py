"""Requests that users have the server send: where to, and what others wait for (findings 21 and 22).

Nothing is sent here: addresses are judged by the function that judges them, names are looked up in a table.
"""

import asyncio
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from kalends.outgoing import Limits, Outgoing, Unreachable
from kalends.outgoing.networks import is_public
from tests.outgoing.servers import SlowNames

SLOW = 32
"""Names that keep a look-up waiting: more than there are look-ups at once."""


@pytest.mark.parametrize(
    "address", ["192.0.0.8", "192.0.0.192", "192.88.99.1", "3fff::1", "::ffff:192.0.0.192"]
)
def test_an_address_of_a_special_network_is_not_public(address: str) -> None:
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


@pytest.fixture
def names() -> Iterator[SlowNames]:
    """Return the names that there are."""
    table = SlowNames()
    yield table
    table.released.set()


async def test_slow_names_keep_no_other_name_waiting(names: SlowNames) -> None:
    limits = Limits(connect_seconds=0.5, lookups=SLOW // 2)
    sender = Outgoing(allow_private=False, limits=limits, resolve=names)
    slow = [sender.post(f"http://slow{number}.example/", [], b"", owner="mallory") for number in range(SLOW)]
    ended = await asyncio.gather(*slow, return_exceptions=True)
    assert [one.kind for one in ended if isinstance(one, Unreachable)] == ["timeout"] * SLOW
    with pytest.raises(Unreachable):
        await sender.post("http://good.example/", [], b"", owner="ana")
    assert "good.example" in names.asked
