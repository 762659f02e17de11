"""`kalends doctor`."""

import json
from pathlib import Path

from tests.cli.kalends import kalends, kalends_json

CHECKS = ["settings", "zone data", "disk", "database", "clock", "migrations"]


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
    assert "640 are wanted" in found["checks"][3]["advice"]


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
