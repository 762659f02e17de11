"""Settings: what is wrong is told in one line, what is unknown is named, and who looks makes nothing."""

import json
from pathlib import Path
from typing import Literal, get_origin

import httpx
import psycopg
import pytest
from pydantic import SecretStr, ValidationError

from kalends.cli.common import explain_settings
from kalends.settings import Settings
from tests.cli.kalends import kalends_json, refusal, serving

WRONG = {
    "data_dir": [" ", str(Path(__file__))],
    "database_url": ["mysql://ana:hush@localhost/x", "localhost", "postgresql://ana:hush@h:99999/x"],
    "secret_key": ["hush"],
    "encryption_keys": ["hush"],
    "host": ["", "http://localhost", "a b"],
    "public_url": ["kalends.example.com", "https://kalends.example.com/path", "https://a b", "https://"],
    "trusted_proxies": ["10.0.0.0/8, proxy"],
    "outgoing_proxy": ["socks5://proxy", "http://ana:hush@"],
    "owner_email": ["nobody", "", "ana@"],
    "owner_name": ["", "x" * 101],
    "owner_username": ["", "x" * 101, " ", "a b", "a/b", "a?b", "a#b"],
    "owner_time_zone": ["Rome", ""],
    "api_key_prefix": ["live_"],
    "blocked_emails": ["a@example.com, nobody"],
    "smtp_url": ["mail.example.com", "smtp://ana:hush@"],
    "mail_from": ["nobody", "Kalends <kalends@example.com", "kalends@example.com>"],
}
"""Values that settings of text refuse; those of other types refuse what is none of their type."""

AT_ONCE = ("DATABASE_URL", "DATABASE_POOL_SIZE", "PUBLIC_URL", "SMTP_URL", "WORKER", "LOG_LEVEL")
"""Settings that commands are tried with, too."""


def wrong_values(name: str) -> list[str]:
    """Return values that a setting refuses."""
    kind = Settings.model_fields[name].annotation
    if name in WRONG:
        return WRONG[name]
    if kind is bool:
        return ["perhaps", ""]
    if kind in (int, float):
        return ["many", "", "-1", "1" + "0" * 30, "nan"]
    assert get_origin(kind) is Literal, f"{name} has no wrong value"
    return ["nonsense", ""]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_bad_value_is_told_in_one_clear_line_with_the_name_of_its_variable(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = f"KALENDS_{name.upper()}"
    for value in wrong_values(name):
        monkeypatch.setenv(variable, value)
        with pytest.raises(ValidationError) as refused:
            Settings()
        said = explain_settings(refused.value)
        assert said.startswith(f"{variable}: "), (value, said)
        assert "\n" not in said
        assert "hush" not in said
        assert "Value error" not in said


@pytest.mark.parametrize("name", AT_ONCE)
@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("user", "list")])
def test_a_command_ends_with_that_line(tmp_path: Path, name: str, command: tuple[str, ...]) -> None:
    variables = {"KALENDS_DATA_DIR": str(tmp_path), f"KALENDS_{name}": wrong_values(name.lower())[0]}
    assert refusal(*command, **variables).startswith(f"kalends: KALENDS_{name}: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ana:hush@db.example.com:5432/kalends",
        "postgres://ana@db.example.com/kalends?sslmode=require",
        "postgresql:///kalends?host=/var/run/postgresql",
        "postgresql://ana@one:5432,two:5433/kalends",
        "postgresql://[::1]:5432/kalends",
    ],
)
def test_urls_of_postgresql_are_taken(url: str) -> None:
    assert Settings(database_url=SecretStr(url)).connection_url() == url


@pytest.mark.parametrize(
    "url", ["https://kalends.example.com/path", "ftp://kalends.example.com", "https://", "http://a:0"]
)
def test_a_public_url_is_the_address_of_a_server(url: str) -> None:
    assert "without a path" in refusal("user", "list", KALENDS_PUBLIC_URL=url)


def test_misspelt_variables_are_named_at_the_start(tmp_path: Path, url: str) -> None:
    with serving(tmp_path, "--database-url", url, KALENDS_PROT="80") as served:
        [line] = [line for line in served.stderr.read_text().splitlines() if "KALENDS_PROT" in line]
    assert json.loads(line)["names"] == ["KALENDS_PROT"]


@pytest.mark.parametrize(
    "command",
    [
        ("worker",),
        ("db", "status"),
        ("user", "list"),
        ("user", "update", "--user", "a@b.cc", "--name", "A"),
        ("api-key", "create", "--user", "a@b.cc"),
        ("api-key", "list"),
        ("organization", "list"),
        ("workspace-platform", "list"),
        ("audit", "list", "--organization", "1"),
        ("mail", "list"),
        ("jobs", "list"),
    ],
)
def test_commands_that_look_make_no_database(tmp_path: Path, command: tuple[str, ...]) -> None:
    data_dir = tmp_path / "data"
    said = refusal(*command, "--data-dir", str(data_dir))
    assert "kalends serve" in said
    assert not data_dir.exists()


def test_doctor_makes_no_database_either(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    found = kalends_json("doctor", "--data-dir", str(data_dir))
    [database] = [check for check in found["checks"] if check["name"] == "database"]
    assert database["verdict"] == "ok"
    assert not data_dir.exists()


def test_the_first_account_is_as_the_settings_say(tmp_path: Path, url: str) -> None:
    owner = {"NAME": "Ana Ruiz", "USERNAME": "ana-ruiz", "TIME_ZONE": "Europe/Rome"}
    variables = {f"KALENDS_OWNER_{name}": value for name, value in owner.items()}
    with serving(tmp_path, "--database-url", url, **variables) as served:
        headers = {"Authorization": f"Bearer {served.api_key}"}
        me = httpx.get(f"{served.base_url}/me", headers=headers, timeout=30).json()["data"]
    assert (me["username"], me["timeZone"]) == ("ana-ruiz", "Europe/Rome")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT name FROM users").fetchone() == ("Ana Ruiz",)


def test_a_proxy_that_is_not_trusted_is_named_once(tmp_path: Path, url: str) -> None:
    with serving(tmp_path, "--database-url", url) as served:
        for _ in range(3):
            httpx.get(f"{served.base_url}/timezones", headers={"X-Forwarded-For": "192.0.2.1"}, timeout=30)
        lines = [line for line in served.stderr.read_text().splitlines() if "KALENDS_TRUSTED_PROXIES" in line]
    assert len(lines) == 1
