"""Memory that strangers fill for ever (findings 7 and 23)."""

import secrets
from functools import _lru_cache_wrapper
from importlib import import_module
from ipaddress import ip_network
from itertools import takewhile
from pkgutil import walk_packages

import pytest

import kalends
from kalends.api.limits import rate_limits
from kalends.handlebars.parser import parse
from kalends.operations.preloading import preload
from tests.attacks.counting import kept_bytes
from tests.attacks.harm import no_harm, still_harmful
from tests.support.client import Client

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


BY_NUMBER = "caches are bounded by the number of what they keep, which users make as large as they like"


def test_parsed_templates_are_kept_up_to_a_bound_in_bytes() -> None:
    sources = ["{{a}}" * 100 + f"{number:060000}" for number in range(60)]
    parsed = [parse(source) for source in sources]
    kept = list(
        takewhile(lambda pair: parse(pair[0]) is pair[1], zip(sources[::-1], parsed[::-1], strict=True))
    )
    assert sum(len(source) for source, _ in kept) < MOST_CHARACTERS


SMALL = {
    "kalends.api.limits.rate_limits": "addresses of 64 characters at most, names that operators give limits",
    "kalends.api.input.time_zones": "nothing",
    "kalends.notifications.content.rendering": "names of our own templates",
    "kalends.notifications.content.rows": "nothing",
    "kalends.scheduling.zones": "names of zones that exist, numbers",
    "kalends.security.secret": "the server's own secrets",
    "kalends.settings": "nothing",
    "kalends.slots.outputs": "names of zones that exist, numbers",
    "kalends.timezones.service": "nothing",
    "kalends.web.pages": "nothing",
    "kalends.web.zones": "nothing",
    "kalends.localization.language": "codes of languages of 35 characters at most, our own files",
}
"""Modules whose caches are bounded by number, by what these are keyed: nothing that a user makes large."""


def modules_with_caches() -> set[str]:
    found = set()
    for module in walk_packages(kalends.__path__, "kalends."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            values = vars(import_module(module.name)).values()
            found |= {value.__module__ for value in values if isinstance(value, _lru_cache_wrapper)}
    return {name for name in found if name.startswith("kalends.")}


@still_harmful(23, BY_NUMBER)
def test_no_cache_that_is_bounded_by_number_is_keyed_by_what_users_make_large() -> None:
    found = modules_with_caches()
    with no_harm():
        assert found - set(SMALL) == set()
