"""Which addresses belong to the open internet. Nothing is connected to: judging is a function."""

from ipaddress import ip_address

import pytest

from kalends.outgoing.networks import is_public

_EDGES = [
    # network of the IANA registries, its first and last address, those before and after it that are public
    ("this network", "0.0.0.0", "0.255.255.255", None, "1.0.0.0"),  # noqa: S104 - to judge, not to listen on
    ("private", "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"),
    ("shared", "100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0"),
    ("loopback", "127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0"),
    ("link-local", "169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0"),
    ("private", "172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"),
    ("protocol assignments", "192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0"),
    ("documentation", "192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"),
    ("6to4 relays", "192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0"),
    ("private", "192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0"),
    ("benchmarks", "198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0"),
    ("documentation", "198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0"),
    ("documentation", "203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0"),
    ("multicast and reserved", "224.0.0.0", "255.255.255.255", "223.255.255.255", None),
    ("below all that is assigned", "::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", None, None),
    ("protocol assignments", "2001:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", None, "2001:200::"),
    ("documentation", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7::", "2001:db9::"),
    ("documentation", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffe::", "3fff:1000::"),
    ("above all that is assigned", "4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", None, None),
]


@pytest.mark.parametrize(("_name", "first", "last", "before", "after"), _EDGES)
def test_a_special_network_is_refused_from_its_first_to_its_last_address(
    _name: str, first: str, last: str, before: str | None, after: str | None
) -> None:
    assert not is_public(ip_address(first))
    assert not is_public(ip_address(last))
    assert all(is_public(ip_address(neighbour)) for neighbour in (before, after) if neighbour is not None)


@pytest.mark.parametrize(
    "address",
    [
        "127.8.8.8",
        "169.254.169.254",  # the metadata of clouds
        "192.0.0.192",  # that of another
        "100.100.100.200",  # and of another
        "::1",
        "::127.0.0.1",  # compatible with IPv4, deprecated
        "::ffff:0:127.0.0.1",  # translated by SIIT
        "64:ff9b:1::1.1.1.1",  # translated by a prefix of somebody's own network
        "100::1",  # discarded
        "100:0:0:1::1",  # dummy
        "2001:2::1",  # benchmarks
        "2001:10::1",  # ORCHID
        "2001:20::1",
        "5f00::1",  # segments
        "fc00::1",
        "fd00:ec2::254",  # the metadata of a cloud
        "fe80::1",
        "fec0::1",  # site-local, deprecated
        "ff02::1",
    ],
)
def test_addresses_that_lead_inwards_or_nowhere_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "93.184.216.34",
        "192.31.196.1",  # AS112 and AMT are special and globally reachable
        "192.52.193.1",
        "192.175.48.1",
        "2001:4860:4860::8888",
        "2606:4700::1111",
        "2620:4f:8000::1",
        "2a00:1450::1",
    ],
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ip_address(address))


_FORMS = ["::ffff:{}", "64:ff9b::{}", "2002:{}::", "2001:0:{}::fefe:fefe", "2001:0:101:101::{~}"]
"""Mapped, NAT64, 6to4, and Teredo by its server and by its end, whose bits are turned over."""


@pytest.mark.parametrize("form", _FORMS)
@pytest.mark.parametrize(
    "inner", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.0.0.8", "192.88.99.1", "224.0.0.1"]
)
def test_ipv6_that_embeds_a_special_address_is_refused(form: str, inner: str) -> None:
    assert not is_public(ip_address(_embed(form, inner)))


@pytest.mark.parametrize("form", _FORMS)
@pytest.mark.parametrize("inner", ["1.1.1.1", "93.184.216.34"])
def test_ipv6_that_embeds_a_public_address_is_public(form: str, inner: str) -> None:
    assert is_public(ip_address(_embed(form, inner)))


def _embed(form: str, inner: str) -> str:
    bits = int(ip_address(inner))
    turned = bits ^ 0xFFFF_FFFF
    plain = f"{bits >> 16:x}:{bits & 0xFFFF:x}"
    return form.replace("{~}", f"{turned >> 16:x}:{turned & 0xFFFF:x}").replace("{}", plain)
