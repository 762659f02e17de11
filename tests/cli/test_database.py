"""Which database a command works on, and what it says when there is none."""

from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from kalends.db import migrate
from tests.cli.kalends import kalends_json, refusal
from tests.support.postgres import free_port

HEAD = migrate.revisions()[-1]


def test_a_database_of_ones_own_is_migrated_and_used_with_its_password(tcp_url: str) -> None:
    variables = {"KALENDS_DATABASE_URL": tcp_url}
    assert kalends_json("db", "status", **variables)["current"] is None
    assert kalends_json("db", "migrate", **variables)["applied"] == list(migrate.revisions())
    assert kalends_json("db", "migrate", **variables)["applied"] == []
    assert kalends_json("user", "list", **variables) == {"users": []}


def test_a_data_folder_on_the_command_line_outweighs_a_url_in_a_variable(tmp_path: Path) -> None:
    variables = {"KALENDS_DATABASE_URL": "postgresql://127.0.0.1:1/nothing"}
    assert kalends_json("db", "migrate", "--data-dir", str(tmp_path), **variables)["current"] == HEAD
    assert (tmp_path / "postgres").is_dir()


def test_a_wrong_password_is_told_in_one_line_without_it(tcp_url: str) -> None:
    wrong = tcp_url.replace("correct-horse", "wrong-horse")
    said = refusal("db", "migrate", KALENDS_DATABASE_URL=wrong)
    assert "password authentication failed" in said
    assert "wrong-horse" not in said


@pytest.mark.parametrize(
    "url", ["mysql://ana:secret@localhost/x", "not a url", "postgresql://ana:secret@[::1/y"]
)
def test_a_url_that_is_none_is_told_in_one_line_without_it(url: str) -> None:
    said = refusal("db", "status", "--database-url", url)
    assert "postgresql://user:password@host:5432/name" in said
    assert "secret" not in said


def test_a_server_that_does_not_answer_is_told_in_one_line() -> None:
    url = f"postgresql://ana@127.0.0.1:{free_port()}/kalends"
    assert "Connection refused" in refusal("user", "list", "--database-url", url)


def test_a_database_that_does_not_exist_is_told_in_one_line(tcp_url: str) -> None:
    url = urlsplit(tcp_url)._replace(path="/absent").geturl()
    assert 'database "absent" does not exist' in refusal("db", "migrate", "--database-url", url)


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "KALENDS_DATA_DIR" in refusal("db", "migrate", "--data-dir", str(tmp_path / "file" / "data"))


def test_a_newer_schema_is_told_in_one_line(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "9999" in refusal("serve", "--port", "0", "--database-url", url)
    assert kalends_json("db", "status", "--database-url", url)["isNewer"]


def test_a_variable_of_the_wrong_type_is_told_by_its_name() -> None:
    assert "KALENDS_PORT" in refusal("db", "status", KALENDS_PORT="many")
