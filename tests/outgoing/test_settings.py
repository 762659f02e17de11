"""The settings of what leaves the house."""

import pytest
from pydantic import ValidationError

from kalends.operations.doctor import check_variables
from kalends.settings import Settings
from kalends.settings.proxy_url import ProxyAddress


@pytest.mark.parametrize("variable", ["KALENDS_OUTGOING_ALLOW_PRIVATE", "KALENDS_HTTP_ALLOW_PRIVATE"])
def test_private_addresses_are_allowed_by_either_name(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    assert not Settings().outgoing_allow_private
    monkeypatch.setenv(variable, "true")
    assert Settings().outgoing_allow_private
    assert check_variables().verdict == "ok"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://proxy.example.com:3128", ProxyAddress("proxy.example.com", 3128, None)),
        ("http://proxy.example.com/", ProxyAddress("proxy.example.com", 80, None)),
        ("http://ana:a%3Ab@[::1]:8080", ProxyAddress("::1", 8080, "Basic YW5hOmE6Yg==")),
    ],
)
def test_the_proxy_is_the_one_of_the_url(
    monkeypatch: pytest.MonkeyPatch, url: str, expected: ProxyAddress
) -> None:
    monkeypatch.setenv("KALENDS_OUTGOING_PROXY", url)
    assert Settings().outgoing_proxy_address == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "proxy.example.com:3128",
        "https://hush@proxy.example.com",
        "socks5://ana:hush@proxy.example.com",
        "http://ana:hush@",
        "http://ana:hush@proxy.example.com:port",
        "http://ana:hush@proxy.example.com:0",
        "http://ana:hush@[::1",
        "http://proxy.example.com/path",
    ],
)
def test_what_names_no_proxy_is_refused_without_telling_its_password(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("KALENDS_OUTGOING_PROXY", url)
    with pytest.raises(ValidationError) as refused:
        Settings()
    [fault] = refused.value.errors()
    assert fault["loc"] == ("outgoing_proxy",)
    assert "must look like http://proxy.example.com:3128" in fault["msg"]
    assert "hush" not in fault["msg"]
