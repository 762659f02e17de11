"""Memory that strangers fill for ever (findings 7 and 23)."""

import secrets
from collections.abc import Iterator
from functools import _lru_cache_wrapper
from importlib import import_module
from ipaddress import ip_network
from itertools import takewhile
from pkgutil import walk_packages

import pytest

import kalends
from kalends.api.limits import rate_limits
from kalends.bounded_cache import BoundedCache
from kalends.handlebars.parser import parse
from kalends.operations.preloading import preload
from kalends.slots import situation
from tests.attacks.counting import kept_bytes
from tests.support.client import Client, Host, data

TEXT = 20_000
"""Characters of what a stranger sends in one header."""

MOST_CHARACTERS = 2_000_000
"""Of all templates that are kept parsed, which takes 35 times the memory."""


async def ask_in_unknown_languages(client: Client, times: int) -> None:
    for _ in range(times):
        language = secrets.token_hex(TEXT // 2)
        answer = await client.get("/booking/none", headers={"Accept-Language": language})
        assert answer.status_code == 404


async def test_languages_that_nobody_speaks_are_not_kept(client: Client) -> None:
    preload()
    await ask_in_unknown_languages(client, 1)
    with kept_bytes(least=TEXT) as kept:
        await ask_in_unknown_languages(client, 20)
    assert kept.count < 5 * TEXT


@pytest.mark.parametrize("header", ["cf-connecting-ip", "x-forwarded-for"])
def test_texts_that_are_no_addresses_are_not_kept(header: str) -> None:
    proxies = (ip_network("10.0.0.0/8"),)
    with kept_bytes(least=TEXT) as kept:
        for _ in range(20):
            sent = {header: f"fe80::1%{secrets.token_hex(TEXT // 2)}"}
            assert rate_limits.client_address(sent, "10.1.2.3", proxies) == "10.1.2.3"
    assert kept.count < 5 * TEXT


def test_parsed_templates_are_kept_up_to_a_bound_in_bytes() -> None:
    sources = ["{{a}}" * 100 + f"{number:060000}" for number in range(60)]
    parsed = [parse(source) for source in sources]
    kept = list(
        takewhile(lambda pair: parse(pair[0]) is pair[1], zip(sources[::-1], parsed[::-1], strict=True))
    )
    assert sum(len(source) for source, _ in kept) < MOST_CHARACTERS


SMALL = {
    "kalends.api.contract.operations": "nothing",
    "kalends.api.limits.rate_limits": "addresses of 64 characters at most, names that operators give limits",
    "kalends.api.input.time_zones": "nothing",
    "kalends.notifications.content.rendering": "names of our own templates",
    "kalends.notifications.content.rows": "nothing",
    "kalends.notifications.invitations.time_zone": "zones that exist, years of the calendar",
    "kalends.outbox.queries": "names of our own tables",
    "kalends.scheduling.time.zones": "names of zones that exist, numbers",
    "kalends.security.secret": "the server's own secrets",
    "kalends.settings": "nothing",
    "kalends.slots.outputs": "names of zones that exist, numbers",
    "kalends.timezones.service": "nothing",
    "kalends.web.pages": "nothing",
    "kalends.web.zones": "nothing",
    "kalends.db.rows": "our own statements",
    "kalends.scheduling.schedules": "names of zones that exist",
    "kalends.slots.statements": "our own statements",
    "kalends.localization.language": "codes of languages of 35 characters at most, our own files",
}
"""Modules whose caches are bounded by number, by what these are keyed: nothing that a user makes large."""


MOST_KEPT = 100_000_000
"""Bytes of all caches together, by their own estimates."""


def values_of_modules() -> Iterator[object]:
    for module in walk_packages(kalends.__path__, "kalends."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            yield from vars(import_module(module.name)).values()


def test_no_cache_that_is_bounded_by_number_is_keyed_by_what_users_make_large() -> None:
    found = {value.__module__ for value in values_of_modules() if isinstance(value, _lru_cache_wrapper)}
    assert {name for name in found if name.startswith("kalends.")} - set(SMALL) == set()


def test_caches_of_what_users_make_large_are_bounded_by_bytes() -> None:
    found = {id(value): value for value in values_of_modules() if isinstance(value, BoundedCache)}
    assert len(found) >= 2
    assert sum(cache.most_bytes for cache in found.values()) <= MOST_KEPT


def test_a_bounded_cache_keeps_the_latest_that_fit() -> None:
    made = []

    def function(text: str) -> str:
        made.append(text)
        return text * 2

    cache = BoundedCache(function, len, most_bytes=80)
    for number in range(10):
        assert cache(f"{number}" * 10) == f"{number}" * 20
    assert cache.kept_bytes == 80
    assert cache("2" * 10) == "2" * 20
    assert len(made) == 10
    assert cache("0" * 10) == "0" * 20
    # What was asked for lately stays: that drove out the third.
    assert cache("2" * 10) == "2" * 20
    assert len(made) == 11


def test_a_bounded_cache_keeps_nothing_that_would_drive_out_all() -> None:
    cache = BoundedCache(str.upper, len, most_bytes=80)
    assert cache("a" * 11) == "A" * 11
    assert cache.kept_bytes == 0


async def test_hours_that_users_make_long_are_kept_up_to_a_bound_in_bytes(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    query = {"eventTypeId": event_type["id"], "start": "2050-09-05", "end": "2050-09-06"}
    data(await client.get("/v2/slots", params=query))
    before = situation._parsed_schedule.kept_bytes
    overrides = [
        {
            "date": f"{2050 + day // 336}-{day // 28 % 12 + 1:02}-{day % 28 + 1:02}",
            "startTime": "09:00",
            "endTime": "10:00",
        }
        for day in range(480)
    ]
    [schedule] = data(await ana.client.get("/v2/schedules"))
    data(await ana.client.patch(f"/v2/schedules/{schedule['id']}", json={"overrides": overrides}))
    data(await client.get("/v2/slots", params=query))
    kept = situation._parsed_schedule.kept_bytes - before
    assert 480 * 400 < kept < situation._parsed_schedule.most_bytes // 8
