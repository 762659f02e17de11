"""What strangers, users and other clients try on platforms, and come to nothing by."""

from urllib.parse import urlencode

import pytest

from kalends.platform.consent.redirects import allows
from tests.support.client import Client, Host
from tests.support.platforms import Platform, Product

NUL = "\0"


@pytest.mark.parametrize("field", ["email", "state", "redirectUri"])
async def test_a_form_with_what_cannot_be_stored_is_no_failure(
    client: Client, acme: Platform, ana: Host, field: str
) -> None:
    app = await acme.product("App", redirectUris=["https://app.example.com/callback"])
    for bad in (NUL, "\ud800", f"ana{NUL}@example.com"):
        form = {"redirectUri": "https://app.example.com/callback", "state": "s", "email": "ana@example.com"}
        body = urlencode({**form, field: bad}, errors="surrogatepass")
        sent = {"content-type": "application/x-www-form-urlencoded"}
        answer = await client.post(f"/v2/oauth/{app.id}/authorize/link", content=body, headers=sent)
        assert answer.status_code < 500, (field, bad)
        page = await client.get(f"/v2/oauth/{app.id}/authorize?{body}")
        assert page.status_code < 500, (field, bad)


async def test_what_cannot_be_stored_is_no_failure_anywhere(
    acme: Platform, product: Product, client: Client
) -> None:
    ann = await product.user("ann")
    for body in (
        {"refreshToken": NUL},
        {"refreshToken": "x" * 10_000},
    ):
        answer = await product.secret_only.post(f"/v2/oauth/{product.id}/refresh", json=body)
        assert answer.status_code == 400, body
    for name in ("name", "bio", "locale", "weekStart", "timeZone", "avatarUrl", "email"):
        answer = await product.secret_only.patch(f"{product.users}/{ann.id}", json={name: f"a{NUL}@b.cc"})
        assert answer.status_code == 400, (name, answer.text)
        new = {"email": "x@y.example.com", "name": "x", name: f"a{NUL}@b.cc"}
        answer = await product.secret_only.post(product.users, json=new)
        assert answer.status_code == 400, (name, answer.text)
    for name in ("name", "logo", "bookingRedirectUri", "redirectUris"):
        value: object = [NUL] if name == "redirectUris" else f"a{NUL}"
        assert (await acme.key.patch(product.path, json={name: value})).status_code == 400, name
    for wanted in ("99999999999999999999", "-1", "0", "1e3", "2147483648"):
        for method in ("GET", "PATCH", "DELETE"):
            answer = await product.secret_only.request(
                method, f"{product.users}/{wanted}", json={} if method == "PATCH" else None
            )
            assert answer.status_code in (400, 404), (method, wanted, answer.text)
    for query in ("offset=99999999999999999999", "limit=1&offset=9223372036854775807", "emails=%00@a.bc"):
        answer = await product.secret_only.get(f"{product.users}?{query}")
        assert answer.status_code in (200, 400), (query, answer.text)
    for path in ("/v2/oauth-clients/%00", "/v2/oauth-clients/%00/users", "/v2/provider/%00"):
        answer = await product.secret_only.get(path)
        assert answer.status_code in (401, 404, 400), (path, answer.text)
        answer = await acme.key.get(path)
        assert answer.status_code in (401, 404, 400), (path, answer.text)
        answer = await client.get(path)
        assert answer.status_code in (401, 404, 400), (path, answer.text)
    for headers in ({"Authorization": "Bearer x"}, {"Authorization": "Bearer"}, {"Authorization": "x"}):
        answer = await client.post("/v2/oauth/%00/exchange", json={"clientSecret": NUL}, headers=headers)
        assert answer.status_code == 400, answer.text


@pytest.mark.parametrize(
    ("uri", "wanted", "is_allowed"),
    [
        ("https://a.test/cb", "https://A.TEST/cb", True),
        ("https://a.test/cb", "HTTPS://a.test/cb", True),
        ("https://a.test/cb", "https://a.test/cb%2f..%2fevil", False),
        ("https://a.test/cb/*", "https://a.test/cb/../evil", False),
        ("https://a.test/cb/*", "https://a.test/cb/..%2fevil", False),
        ("https://a.test/cb/*", "https://a.test/cb/%2e%2e/evil", False),
        ("https://a.test/cb/*", "https://a.test/cb/.%2E/evil", False),
        ("https://a.test/cb/*", "https://a.test/cb/..", False),
        ("https://a.test/cb/*", "https://a.test/cb//evil", True),
        ("https://*.a.test/cb", "https://%65vil.test%2f.a.test/cb", False),
        ("https://*.a.test/cb", "https://evil.test%23.a.test/cb", False),
        ("https://*.a.test/cb", "https://evil.test|.a.test/cb", False),
        ("https://*.a.test/cb", "https://[::1].a.test/cb", False),
        ("https://*.a.test/cb", "https://.a.test/cb", False),
        ("https://*/cb", "https://evil.test/cb", False),
        ("https://*.*/cb", "https://evil.test/cb", False),
        ("https://a.test:*/cb", "https://a.test:1/cb", False),
        ("https://a.test/cb", "https://a.test:/cb", True),
        ("https://a.test/cb", "https://a.test:0/cb", False),
        ("https://a.test/cb", "https://:x@a.test/cb", False),
        ("https://a.test/cb", "https://@a.test/cb", False),
        ("https://a.test/cb", "//a.test/cb", False),
        ("https://a.test/cb", "https:/a.test/cb", False),
        ("https://a.test/cb", "https:a.test/cb", False),
        ("https://a.test/cb", "https:///a.test/cb", False),
        ("https://a.test/cb", "https://a.test\t/cb", False),
        ("https://a.test/cb", "https://a.test./cb", False),
        ("https://a.test/cb", "https://a.test/cb/", False),
        ("https://a.test/cb?x=1", "https://a.test/cb?x=1", True),
    ],
)
def test_redirects_do_not_fall_for_tricks(uri: str, wanted: str, is_allowed: bool) -> None:
    assert allows([uri], wanted) is is_allowed
