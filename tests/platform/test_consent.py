"""Consent: a page, a link in a mail, a button, and a code for tokens (platform.md 5)."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from kalends.app import Api
from kalends.db.database import Database
from kalends.platform.consent import service as consents
from kalends.platform.consent.redirects import allows, with_answer
from kalends.runtime import make_runtime
from kalends.settings import Settings
from tests.conftest import Clock
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.client import Client, Host, client_with_key, data, refusal
from tests.support.platforms import Platform, Product
from tests.support.refusals import WatchedEdge

BACK = "https://app.example.com/callback?from=kalends"
ANA = "ana@example.com"
_LINK = re.compile(r"http\S+(/consent\?token=\S+)")


@pytest.fixture
async def app(acme: Platform) -> Product:
    """Return a client that may have browsers sent back to it."""
    return await acme.product("Café <App>", redirectUris=["https://app.example.com/callback"])


def page_of(product: Product) -> str:
    return f"/v2/oauth/{product.id}/authorize"


async def asks(client: Client, product: Product, email: str = ANA, **fields: str) -> httpx.Response:
    form = {"redirectUri": BACK, "state": "a b&c", "email": email, **fields}
    return await client.post(f"{page_of(product)}/link", data=form)


async def link_in(mailbox: Mailbox, office: Office) -> str:
    await office.works()
    found = _LINK.search(mailbox.to(ANA).text)
    assert found is not None
    return found[1]


def token_in(link: str) -> dict[str, str]:
    return {"token": parse_qs(urlsplit(link).query)["token"][0]}


async def test_consent_ends_in_tokens_of_whoever_gave_it(
    client: Client,
    ana: Host,
    app: Product,
    office: Office,
    mailbox: Mailbox,
    database: Database,
    clock: Clock,
) -> None:
    first = await client.get(page_of(app), params={"redirectUri": BACK, "state": "a b&c"})
    assert first.status_code == 200
    assert "Café &lt;App&gt; asks for access to your account" in first.text
    assert "change bookings" in first.text
    assert 'value="a b&amp;c"' in first.text
    assert "If ana@example.com is the address of an account" in (await asks(client, app)).text
    link = await link_in(mailbox, office)
    shown = await client.get(link)
    assert "Allow access" in shown.text
    [policy] = shown.headers.get_list("content-security-policy")
    assert "form-action 'self' https://app.example.com;" in policy
    allowed = await client.post("/consent", data=token_in(link))
    assert allowed.status_code == 302
    target = urlsplit(allowed.headers["location"])
    assert (target.scheme, target.netloc, target.path) == ("https", "app.example.com", "/callback")
    answered = parse_qs(target.query)
    [code] = answered.pop("code")
    assert answered == {"from": ["kalends"], "state": ["a b&c"]}

    exchange = f"/v2/oauth/{app.id}/exchange"
    bearer = {"Authorization": f"Bearer {code}"}
    refusal(await client.post(exchange, json={"clientSecret": "wrong"}, headers=bearer), 400)
    keys = data(await client.post(exchange, json={"clientSecret": app.secret}, headers=bearer))
    assert data(await client_with_key(client, keys["accessToken"]).get("/v2/me"))["id"] == ana.id
    assert data(await app.refreshes(keys["refreshToken"]))
    # The code and the link work once; a user who consented is not one of the client's own.
    refusal(await client.post(exchange, json={"clientSecret": app.secret}, headers=bearer), 400)
    assert (await client.post("/consent", data=token_in(link))).status_code == 410
    assert "used already" in (await client.get(link)).text
    assert data(await app.secret_only.get(app.users)) == []


async def test_a_code_lives_for_ten_minutes(
    client: Client, ana: Host, app: Product, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await asks(client, app)
    link = await link_in(mailbox, office)
    answer = await client.post("/consent", data=token_in(link))
    [code] = parse_qs(urlsplit(answer.headers["location"]).query)["code"]
    clock.advance(timedelta(minutes=10, seconds=1))
    bearer = {"Authorization": f"Bearer {code}"}
    path = f"/v2/oauth/{app.id}/exchange"
    refusal(await client.post(path, json={"clientSecret": app.secret}, headers=bearer), 400)


async def test_a_link_lives_for_ten_minutes(
    client: Client, ana: Host, app: Product, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await asks(client, app)
    link = await link_in(mailbox, office)
    clock.advance(timedelta(minutes=10))
    assert "Allow access" not in (await client.get(link)).text
    assert (await client.post("/consent", data=token_in(link))).status_code == 410


async def test_a_client_that_lost_its_address_gets_no_code(
    client: Client, ana: Host, acme: Platform, app: Product, office: Office, mailbox: Mailbox
) -> None:
    await asks(client, app)
    link = await link_in(mailbox, office)
    data(await acme.key.patch(app.path, json={"redirectUris": ["https://other.example.com"]}))
    assert (await client.post("/consent", data=token_in(link))).status_code == 410


async def test_nobody_learns_who_has_an_account(
    client: Client, ana: Host, app: Product, office: Office, mailbox: Mailbox, database: Database
) -> None:
    managed = await app.user("ann")
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET email_verified_at = NULL WHERE id = %s", (ana.id,))
    pages = {
        (await asks(client, app, email)).text.replace(email, "")
        for email in ("nobody@example.com", ANA, managed.email, "no address")
    }
    assert len(pages) == 1
    await office.works()
    assert mailbox.received == []


async def test_nobody_is_asked_without_end(
    client: Client,
    ana: Host,
    app: Product,
    office: Office,
    mailbox: Mailbox,
    clock: Clock,
    database: Database,
) -> None:
    for _ in range(5):
        assert (await asks(client, app)).status_code == 200
    await office.works()
    assert len(mailbox.received) == 3
    clock.advance(timedelta(hours=1, seconds=1))
    await consents.forget(database, clock.now)
    await asks(client, app)
    await office.works()
    assert len(mailbox.received) == 4


async def test_one_address_does_not_ask_without_end(
    client: Client, ana: Host, app: Product, settings: Settings, clock: Clock
) -> None:
    limits = {"rate_limit_enabled": True, "consent_requests_an_hour": 3}
    served = Api(make_runtime(settings.model_copy(update=limits), clock=clock))
    async with served.router.lifespan_context(served):
        limited = Client(
            transport=httpx.ASGITransport(app=WatchedEdge(served)), base_url="http://kalends.test"
        )
        # Whether an account has the address makes no difference.
        for email in ("nobody@example.com", ANA, "other@example.com"):
            assert (await asks(limited, app, email)).status_code == 200
        refused = [await asks(limited, app, email) for email in (ANA, "nobody@example.com")]
        assert [(one.status_code, one.headers["retry-after"]) for one in refused] == [(429, "3600")] * 2
        assert refused[0].headers["content-type"].startswith("text/html")
        clock.advance(timedelta(hours=1))
        assert (await asks(limited, app)).status_code == 200


async def test_unknown_clients_and_foreign_addresses_lead_nowhere(client: Client, app: Product) -> None:
    unknown = await client.get("/v2/oauth/cnobody/authorize", params={"redirectUri": BACK})
    assert (unknown.status_code, "There is no such application" in unknown.text) == (404, True)
    for address in ("https://evil.example.com/callback", "https://app.example.com/other", "", "javascript:1"):
        foreign = await client.get(page_of(app), params={"redirectUri": address})
        assert (foreign.status_code, "location" in foreign.headers) == (400, False)
        assert "not one of its own" in foreign.text
        assert (await asks(client, app, redirectUri=address)).status_code == 400
    for token in ("", "made-up"):
        assert (await client.get("/consent", params={"token": token})).status_code == 404
        assert (await client.post("/consent", data={"token": token})).status_code == 404


async def test_the_contracts_own_way_needs_a_session(client: Client, acme: Platform, app: Product) -> None:
    for anybody in (client, acme.key, app.secret_only):
        refusal(await anybody.post(page_of(app), json={"redirectUri": BACK}), 401)


@pytest.mark.parametrize(
    ("uri", "wanted", "is_allowed"),
    [
        ("https://a.test/cb", "https://a.test/cb", True),
        ("https://a.test/cb", "https://a.test:443/cb?x=1", True),
        ("https://a.test/cb", "http://a.test/cb", False),
        ("https://a.test/cb", "https://a.test:8443/cb", False),
        ("https://a.test/cb", "https://a.test/cb/more", False),
        ("https://a.test/cb", "https://a.test@evil.test/cb", False),
        ("https://a.test/cb", "https://a.test/cb#part", False),
        ("https://a.test", "https://a.test/", True),
        ("https://*.a.test/cb", "https://x.a.test/cb", True),
        ("https://*.a.test/cb", "https://x.y.a.test/cb", True),
        ("https://*.a.test/cb", "https://evil.test/.a.test/cb", False),
        ("https://*.a.test/cb", "https://evil.test?.a.test/cb", False),
        ("https://*.a.test/cb", "https://evil.test\\.a.test/cb", False),
        ("https://*.a.test/cb", "https://evil.test#.a.test/cb", False),
        ("https://*.a.test/cb", "https://evil.test:80@x.a.test/cb", False),
        ("https://a.test*", "https://a.test.evil.test", False),
        ("https://a.test/*", "https://a.test/any/thing", True),
        ("*", "https://a.test/", False),
        ("https://[::1]/cb", "https://[::1]/cb", True),
        ("https://a.test/cb", "https://a.test:99999/cb", False),
        ("https://a.test/cb", "https://a.test /cb", False),
        ("https://a.test/cb", "https://a.test/cb\r\nx: y", False),
        ("javascript://a.test/cb", "javascript://a.test/cb", False),
    ],
)
def test_redirects_are_compared_part_by_part(uri: str, wanted: str, is_allowed: bool) -> None:
    assert allows([uri], wanted) is is_allowed


def test_the_answer_is_part_of_the_query() -> None:
    assert with_answer("https://a.test", "c", None) == "https://a.test?code=c"
    assert with_answer("https://a.test/x?y=1", "c", "s s") == "https://a.test/x?y=1&code=c&state=s+s"
