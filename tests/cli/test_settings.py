"""Settings: what is wrong is told in one line, what is unknown is named, and who looks makes nothing."""

import json
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.cli.kalends import kalends_json, refusal, serving

WRONG = {
    "KALENDS_DATABASE_POOL_SIZE": "many",
    "KALENDS_DISK_LEAST_MB": "1",
    "KALENDS_SECRET_KEY": "short",
    "KALENDS_ENCRYPTION_KEYS": "none",
    "KALENDS_PORT": "70000",
    "KALENDS_WORKERS": "0",
    "KALENDS_PUBLIC_URL": "kalends.example.com",
    "KALENDS_TRUSTED_PROXIES": "10.0.0.0/8, proxy",
    "KALENDS_CONNECTIONS_MOST": "0",
    "KALENDS_REQUEST_HEAD_SECONDS": "-1",
    "KALENDS_WORKER": "perhaps",
    "KALENDS_OUTGOING_PROXY": "socks5://proxy",
    "KALENDS_OWNER_TIME_ZONE": "Rome",
    "KALENDS_RATE_LIMIT_STORAGE": "disk",
    "KALENDS_SMTP_URL": "mail.example.com",
    "KALENDS_MAIL_FROM": "nobody",
    "KALENDS_LOG_LEVEL": "loud",
}


@pytest.mark.parametrize(("name", "value"), WRONG.items(), ids=WRONG)
def test_a_bad_value_is_told_in_one_line_with_the_name_of_its_variable(name: str, value: str) -> None:
    assert name in refusal("user", "list", **{name: value})


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
    "command", [("user", "list"), ("worker",), ("db", "status"), ("api-key", "create", "--user", "a@b.cc")]
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
