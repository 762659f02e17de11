"""What counts as a web address in a body (event-types.md 6.1, "URL rule")."""

import time

import pytest

from kalends.api.input.fields import is_url
from tests.support.client import Host, broken_properties, refusal

GOOD = [
    "acme.example",
    "acme.example/x",
    "ACME.example?a=b",
    "www.acme.example#top",
    "https://acme.example/x?y=1#z",
    "HTTP://acme.example",
    "ftp://files.acme.example:2121/a",
    "https://ana@acme.example/",
    "https://ana:secret:word@acme.example/",
    "https://acme.example:65535",
    "https://acme.example:0",
    "acme.example:8080/x",
    "https://my_files.acme-9.example/",
    "https://9.acme.example",
    "https://bücher.example/ä",
    "https://пример.рф/x",
    "https://xn--e1afmkfd.xn--p1ai/x",
    "https://meet.xn--p1ai/x",
    "192.0.2.1",
    "http://192.0.2.7:8080",
    "http://[2001:db8::1]/x",
    "http://[2001:db8::1]:8080/x",
    "http://[::ffff:192.0.2.1]/",
    "[::1]:5555/x",
    "https://acme.example/a@b:c//d[0]'\"",
    f"https://{'a' * 63}.example",
]
BAD = [
    "",
    "acme",
    "localhost:3000",
    "http://localhost:3000",
    "//acme.example",
    "://acme.example",
    "http:acme.example",
    "gopher://acme.example",
    "javascript:alert(1)",
    "javascript:'@acme.example/';alert(1)",
    "javascript:80/x",
    "javascript://acme.example/%0aalert(1)",
    "mailto:a@acme.example",
    "data:a@acme.example/x",
    "ana@acme.example",
    "http://@acme.example",
    "http://a@b@acme.example",
    "http://acme.evil\\@acme.example",
    "http://acme.example\\x",
    "http://256.1.1.1",
    "http://1.2.3",
    "http://1.2.3.4.5",
    "http://192.0.2.01",
    "http://١٩٢.0.2.1",
    "foo.123",
    "http://foo.12a",
    "http://a.b",
    "http://acme.example:99999/",
    "http://acme.example:65536/",
    "http://acme.example:/",
    "http://acme.example:-1/",
    "http://acme.example:٨٠/",
    "http://-acme.example",
    "http://acme-.example",
    "http://acme.-example",
    "http://acme..example",
    "http://.acme.example",
    "http://acme.example.",
    "http://meet.xn--",
    "http://meet.xn--a-",
    "http://2001:db8::1/x",
    "http://[2001:db8::1",
    "http://[2001:db8:::1]/",
    "http://[2001:db8::1%25eth0]/",
    "http://[192.0.2.1]/",
    "http://[acme.example]/",
    "http://[]/",
    "https://acme.example/a b",
    "https://acme.example/\n",
    " https://acme.example",
    f"https://{'a' * 64}.example",
]


@pytest.mark.parametrize("url", GOOD)
def test_what_leads_somewhere_is_a_url(url: str) -> None:
    assert is_url(url)


@pytest.mark.parametrize("url", BAD)
def test_what_leads_nowhere_or_runs_a_script_is_no_url(url: str) -> None:
    assert not is_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "a" * 200_000,
        "a." * 100_000,
        "a-" * 100_000,
        "https://" + "a:" * 100_000,
        "https://" + "a@" * 100_000,
        "https://" + "1." * 100_000 + "x",
        "https://[" + "1:" * 100_000 + "]",
        "https://xn--" + "a-" * 100_000,
        "https://acme.example/" + "x" * 200_000 + " ",
    ],
    ids=lambda url: url[:20],
)
def test_reading_a_long_text_takes_time_by_its_length_only(url: str) -> None:
    began = time.process_time()
    assert not is_url(url)
    assert time.process_time() - began < 2


@pytest.mark.parametrize("url", ["javascript:'@acme.example/';alert(1)", "http://256.1.1.1", "foo.123"])
async def test_a_bad_url_is_refused_by_the_name_of_its_property(ana: Host, url: str) -> None:
    error = refusal(await ana.client.patch("/v2/me", json={"avatarUrl": url}), 400)
    assert broken_properties(error) == {"avatarUrl"}


@pytest.mark.parametrize("url", ["https://xn--e1afmkfd.xn--p1ai/x", "http://[2001:db8::1]/x"])
async def test_a_good_url_is_kept_as_it_was_written(ana: Host, url: str) -> None:
    event_type = await ana.creates_event_type(successRedirectUrl=url)
    assert event_type["successRedirectUrl"] == url
