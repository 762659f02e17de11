"""The own server: who starts it, who stops it, and what a crash leaves behind."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from kalends.db.errors import DatabaseUnavailable
from kalends.db.server.embedded import embedded_postgres

_USER = """
import sys
from pathlib import Path
from kalends.db.server.embedded import embedded_postgres
with embedded_postgres(Path(sys.argv[1]), durable=False):
    print("in", flush=True)
    sys.stdin.read()
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")


@contextmanager
def other_process(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a process that uses the database until the block ends."""
    command = [sys.executable, "-c", _USER, str(data_dir)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "in\n"
        yield process


def server_id(data_dir: Path) -> int | None:
    """Return the process id of the running server, or None."""
    lock = data_dir / "postgres" / "postmaster.pid"
    return int(lock.read_text().splitlines()[0]) if lock.exists() else None


def copy_of(data_dir: Path, to: Path) -> Path:
    """Return a data folder with the same content, to be damaged."""
    shutil.copytree(data_dir, to)
    return to


def test_a_second_process_joins_the_running_server(data_dir: Path) -> None:
    with other_process(data_dir):
        started = server_id(data_dir)
        with embedded_postgres(data_dir) as url, psycopg.connect(url) as connection:
            assert connection.execute("SELECT current_database()").fetchone() == ("kalends",)
            assert server_id(data_dir) == started


def test_the_server_stays_while_somebody_uses_it_and_stops_with_the_last(data_dir: Path) -> None:
    with other_process(data_dir):
        with embedded_postgres(data_dir):
            pass
        assert server_id(data_dir) is not None
    assert server_id(data_dir) is None


def test_processes_that_start_together_share_one_server(data_dir: Path) -> None:
    command = [sys.executable, "-c", _USER, str(data_dir)]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    outputs = [process.communicate("")[0] for process in processes]
    assert outputs == ["in\n"] * 3
    assert server_id(data_dir) is None


def test_a_killed_process_keeps_nobody_from_joining_and_stopping(data_dir: Path) -> None:
    with other_process(data_dir) as process:
        started = server_id(data_dir)
        process.kill()
    assert server_id(data_dir) == started
    with embedded_postgres(data_dir):
        assert server_id(data_dir) == started
    assert server_id(data_dir) is None


def test_after_a_crash_of_everything_what_was_committed_is_there(tmp_path: Path, data_dir: Path) -> None:
    folder = copy_of(data_dir, tmp_path / "data")
    with embedded_postgres(folder) as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        killed = server_id(folder)
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
    with embedded_postgres(folder) as url, psycopg.connect(url) as connection:
        assert server_id(folder) != killed
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


def test_a_lock_file_that_names_another_program_is_no_running_server(tmp_path: Path, data_dir: Path) -> None:
    folder = copy_of(data_dir, tmp_path / "data")
    left = [os.getpid(), folder / "postgres", 1, 5432, folder / "postgres", "", "", "ready"]
    (folder / "postgres" / "postmaster.pid").write_text("\n".join(map(str, left)))
    with embedded_postgres(folder) as url:
        psycopg.connect(url).close()
        assert server_id(folder) != os.getpid()


def test_an_interrupted_creation_begins_anew(tmp_path: Path) -> None:
    draft = tmp_path / "data" / "postgres.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    with embedded_postgres(tmp_path / "data", durable=False) as url:
        psycopg.connect(url).close()
    assert not draft.exists()


def test_a_path_too_long_for_a_socket_works_all_the_same(tmp_path: Path, data_dir: Path) -> None:
    folder = copy_of(data_dir, tmp_path / ("long, " * 20))
    with embedded_postgres(folder) as url, embedded_postgres(folder) as joined:
        assert joined == url
        psycopg.connect(url).close()


def test_data_of_another_major_version_is_refused(tmp_path: Path) -> None:
    cluster = tmp_path / "postgres"
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("14\n")
    with (
        pytest.raises(DatabaseUnavailable, match=r"data of PostgreSQL 14, but .* version \d+"),
        embedded_postgres(tmp_path),
    ):
        pass


def test_a_folder_that_cannot_be_written_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(DatabaseUnavailable, match=r"cannot be used: Not a directory .* KALENDS_DATA_DIR"),
        embedded_postgres(tmp_path / "file" / "data"),
    ):
        pass


def test_a_server_that_does_not_start_says_why_in_one_line(tmp_path: Path, data_dir: Path) -> None:
    folder = copy_of(data_dir, tmp_path / "data")
    (folder / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(DatabaseUnavailable, match="pg_control") as raised, embedded_postgres(folder):
        pass
    assert "\n" not in str(raised.value)


def test_only_its_owner_can_look_into_the_cluster(data_dir: Path) -> None:
    assert (data_dir / "postgres").stat().st_mode & 0o777 == 0o700


@as_root
def test_as_root_the_folders_above_are_opened_for_passing_only(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    with embedded_postgres(private / "data", durable=False):
        pass
    assert private.stat().st_mode & 0o777 == 0o701
    assert (private / "data" / "postgres").stat().st_uid != 0
