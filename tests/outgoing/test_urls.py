"""URLs are taken apart, and what is none is refused."""

import pytest

from kalends.outgoing import InvalidUrl, parse_url


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("https://example.com", "example.com", b"/"),
        ("https://example.com:443/a", "example.com", b"/a"),
        ("http://EXAMPLE.com:8080/a%20b?c=%26#d", "example.com:8080", b"/a%20b?c=%26"),
        ("http://[2606:4700::1]:81/", "[2606:4700::1]:81", b"/"),
        ("https://bücher.example/ü", "xn--bcher-kva.example", b"/%C3%BC"),
        # IDNA 2008: another name than strasse.example, which IDNA 2003 made of it.
        ("https://straße.example/", "xn--strae-oqa.example", b"/"),
        ("https://BÜCHER。example/", "xn--bcher-kva.example", b"/"),
    ],
)
def test_urls_are_taken_apart(url: str, authority: str, path: bytes) -> None:
    target = parse_url(url)
    assert (target.authority, target.path) == (authority, path)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/a",
        "//example.com",
        "http://",
        "http://a:0/",
        "http://[::1",
        "http://\u2028/",
        "https://☃.example/",
        f"https://{'ü' * 70}.example/",
    ],
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(InvalidUrl):
        parse_url(url)
