"""`kalends doctor`."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from kalends.operations.doctor import check_files, check_proxies, check_secret, check_waiting_mails
from kalends.security import secret
from kalends.settings import Settings
from tests.cli.kalends import kalends, kalends_json
from tests.support.postgres import free_port

CHECKS = [
    "settings",
    "zone data",
    "disk",
    "files",
    "mail",
    "proxies",
    "database",
    "clock",
    "migrations",
    "secret",
    "waiting mails",
    "queue",
    "conferencing",
]


def test_a_sound_installation_has_no_problem(url: str) -> None:
    found = kalends_json("doctor", "--database-url", url)
    assert found["ok"]
    assert [check["name"] for check in found["checks"]] == CHECKS


def test_a_misspelt_variable_is_pointed_out(url: str) -> None:
    found = kalends_json("doctor", "--database-url", url, KALENDS_PROT="80")
    assert found["checks"][0]["verdict"] == "warning"
    assert "KALENDS_PROT" in found["checks"][0]["found"]


def test_more_connections_than_the_database_takes_are_pointed_out(url: str) -> None:
    found = kalends_json("doctor", "--database-url", url, KALENDS_WORKERS="64")
    assert "896 are wanted" in found["checks"][6]["advice"]


@pytest.mark.parametrize(
    ("variables", "verdict", "found"),
    [
        ({}, "ok", "is one in front of the server?"),
        ({"public_url": "https://kalends.example.com"}, "warning", "is one in front of the server?"),
        ({"trusted_proxies": "10.0.0.1"}, "ok", "trusted: 10.0.0.1"),
    ],
)
def test_it_asks_about_proxies(variables: dict[str, str], verdict: str, found: str) -> None:
    check = check_proxies(Settings.model_validate(variables))
    assert (check.verdict, found in check.found) == (verdict, True)
    assert verdict == "ok" or "KALENDS_TRUSTED_PROXIES" in str(check.advice)


def test_fewer_files_than_connections_are_pointed_out() -> None:
    settings = Settings(connections_most=1_000)
    assert check_files(settings, 4_096).verdict == "ok"
    check = check_files(settings, 1_024)
    assert check.verdict == "warning"
    assert "RLIMIT_NOFILE" in check.found


def test_a_mail_server_that_does_not_answer_is_pointed_out_with_its_name_and_without_its_password(
    url: str,
) -> None:
    smtp_url = f"smtp://ana:secret-word@127.0.0.1:{free_port()}"
    ran = kalends(
        "doctor", "--json", "--database-url", url, KALENDS_SMTP_URL=smtp_url, KALENDS_MAIL_ENABLED="true"
    )
    [mail] = [check for check in json.loads(ran.stdout)["checks"] if check["name"] == "mail"]
    assert mail["verdict"] == "warning"
    assert "127.0.0.1" in mail["found"]
    assert "secret-word" not in ran.stdout
    assert ran.returncode == 0


def test_a_database_that_cannot_be_used_is_a_problem_among_the_other_findings(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = kalends("doctor", "--json", "--data-dir", str(tmp_path / "file" / "data"))
    verdicts = {check["name"]: check["verdict"] for check in json.loads(ran.stdout)["checks"]}
    assert ran.returncode == 1
    assert (verdicts["settings"], verdicts["database"]) == ("ok", "problem")


def test_a_wrong_setting_is_a_problem_with_its_name() -> None:
    ran = kalends("doctor", KALENDS_WORKERS="none")
    assert ran.returncode == 1
    assert "KALENDS_WORKERS" in ran.stdout


def test_a_secret_that_others_do_not_have_is_pointed_out_by_the_command(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO server_secret (fingerprint) VALUES ('of another')")
    found = kalends_json("doctor", "--database-url", url)
    [secret] = [check for check in found["checks"] if check["name"] == "secret"]
    assert secret["verdict"] == "warning"
    assert "KALENDS_SECRET_KEY" in secret["found"]
    assert "former value" in secret["advice"]


def test_a_secret_that_is_still_to_be_made_is_no_problem_and_is_not_made(tmp_path: Path) -> None:
    assert check_secret(Settings(data_dir=tmp_path), None).verdict == "ok"
    assert list(tmp_path.iterdir()) == []


def test_a_secret_that_only_others_have_is_a_problem(tmp_path: Path) -> None:
    check = check_secret(Settings(data_dir=tmp_path), b"of another")
    assert check.verdict == "problem"
    assert "secret.key" in (check.advice or "")
    assert list(tmp_path.iterdir()) == []


def test_a_secret_made_beside_others_is_a_problem(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    own = secret.fingerprint(settings)
    assert check_secret(settings, own).verdict == "ok"
    check = check_secret(settings, b"of another")
    assert check.verdict == "problem"
    assert "KALENDS_SECRET_KEY" in (check.advice or "")


def test_a_secret_that_other_users_can_read_is_pointed_out(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    own = secret.fingerprint(settings)
    (tmp_path / "secret.key").chmod(0o644)
    check = check_secret(settings, own)
    assert check.verdict == "warning"
    assert "chmod 600" in (check.advice or "")


def test_a_secret_that_was_cut_short_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("short")
    assert check_secret(Settings(data_dir=tmp_path), None).verdict == "problem"


def test_mails_that_wait_for_the_mail_server_are_pointed_out(url: str) -> None:
    now = datetime.now(UTC)
    with psycopg.connect(url) as connection:
        assert check_waiting_mails(connection, now).verdict == "ok"
        connection.execute(
            """
            WITH job AS (
                INSERT INTO jobs (kind, owner, due_at) VALUES ('mails', 'user 1', %(now)s) RETURNING id)
            INSERT INTO mails (cause, template, recipient, locale, time_zone, message_id, job_id,
                               server_away_since)
            SELECT 'a cause', 'host.scheduled', 'ana@example.com', 'en', 'UTC', '<1@example.com>', id,
                   %(since)s
              FROM job
            """,
            {"now": now, "since": now - timedelta(hours=3)},
        )
        check = check_waiting_mails(connection, now)
    assert check.verdict == "warning"
    assert check.found == "1 wait for the mail server, the first for 3.0 hours"
