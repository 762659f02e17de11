"""`kalends doctor`."""

import json
from pathlib import Path

from tests.cli.kalends import kalends, kalends_json
from tests.support.postgres import free_port

CHECKS = ["settings", "zone data", "disk", "mail", "database", "clock", "migrations"]


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
    assert "640 are wanted" in found["checks"][4]["advice"]


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
