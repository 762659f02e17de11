"""Memory that strangers fill for ever (findings 7 and 23)."""

import secrets
from ipaddress import ip_network

import pytest

from kalends.api import rate_limits
from kalends.preloading import preload
from tests.attacks.counting import kept_bytes
from tests.support.client import Client

TEXT = 20_000
"""Characters of what a stranger sends in one header."""


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
