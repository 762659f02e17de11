"""The embedded PostgreSQL: who looks after it, and who can read it (findings 10 and 24)."""

import os
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from kalends.db.embedded import embedded_postgres
from kalends.db.programs import Account, open_way
from tests.attacks.harm import no_harm, still_harmful
from tests.races.scene import MONDAY, Scene, creating, data_of, make_scene
from tests.support.connection import connect
from tests.support.postgres import kill_postgres
from tests.support.server import Server, running

PATIENCE_SECONDS = 45.0
"""Within which a server has to help itself; it is long, so that a busy machine can."""

IS_ROOT = os.geteuid() == 0
STRANGER = 12_345
SERVER = Account(23_456, 23_456)

LEFT_ALONE = "nobody starts the embedded database again when it has died"


async def is_ready_again(server: Server) -> bool:
    """Ask until the server can work, or until there is no patience left."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        connection = await connect(server.port)
        status = (await connection.get("/health/ready")).status
        connection.close()
        if status == 200:
            return True
    return False


async def books(server: Server, scene: Scene) -> str:
    connection = await connect(server.port)
    uid: str = data_of(await connection.send(creating(scene.hour, MONDAY)), 201)["uid"]
    connection.close()
    return uid


@pytest.mark.full
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only /proc tells the processes of the database")
@still_harmful(10, LEFT_ALONE)
async def test_a_database_that_was_killed_comes_back_by_itself(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with running(tmp_path, "--data-dir", str(data_dir), KALENDS_RATE_LIMIT_ENABLED="false") as server:
        scene = await make_scene(server, "")
        await books(server, scene)
        kill_postgres(data_dir)
        is_back = await is_ready_again(server)
    with no_harm():
        assert is_back


@pytest.mark.full
@pytest.mark.skipif(not IS_ROOT or not Path("/proc/self").exists(), reason="only root mounts a small disk")
@still_harmful(10, LEFT_ALONE)
async def test_a_database_whose_disk_was_full_comes_back_by_itself(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300m,mode=700", "kalends-attacks", str(data_dir)], check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this machine lets nobody mount a disk")
    try:
        with running(tmp_path, "--data-dir", str(data_dir), KALENDS_RATE_LIMIT_ENABLED="false") as server:
            scene = await make_scene(server, "")
            uid = await books(server, scene)
            filler = data_dir / "filler"
            with embedded_postgres(data_dir) as url:
                fill(filler)
                write_until_it_dies(url, data_dir)
            filler.unlink()
            is_back = await is_ready_again(server)
            with no_harm():
                assert is_back
            connection = await connect(server.port)
            assert data_of(await connection.get(f"/v2/bookings/{uid}"))["uid"] == uid
            connection.close()
    finally:
        subprocess.run(["umount", str(data_dir)], check=True)


def fill(filler: Path) -> None:
    """Write until the disk is full."""
    with filler.open("wb", buffering=0) as file:
        for size in (2**20, 2**12):
            while True:
                try:
                    file.write(b"\0" * size)
                except OSError:
                    break


def write_until_it_dies(url: str, data_dir: Path) -> None:
    """Have the database write until it has to stop, and find no room to start again either."""
    recorded = data_dir / "postgres" / "postmaster.pid"
    process = Path("/proc") / recorded.read_text().splitlines()[0]
    ends = time.monotonic() + PATIENCE_SECONDS
    while process.exists():
        if time.monotonic() > ends:
            raise LookupError("the database goes on though its disk is full")
        with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as connection:
            # A message is nothing but log; the next segment of the log needs room.
            connection.execute("SELECT pg_logical_emit_message(false, 'attack', 'x')")
            connection.execute("SELECT pg_switch_wal()")


@pytest.mark.skipif(not IS_ROOT, reason="root alone opens the folders of others")
@still_harmful(24, "folders of other accounts on the way to the data are opened without a word")
def test_a_folder_of_another_account_is_not_opened(tmp_path: Path) -> None:
    private = tmp_path / "home"
    private.mkdir()
    os.chown(private, STRANGER, STRANGER)
    private.chmod(0o700)
    cluster = private / "kalends" / "postgres"
    cluster.mkdir(parents=True)
    try:
        open_way(cluster, SERVER)
    except Exception as error:  # noqa: BLE001 - refused one way or the other
        assert str(private) in str(error)  # noqa: PT017 - the refusal has to name it
    mode = stat.S_IMODE(private.stat().st_mode)
    with no_harm():
        assert mode == 0o700


@dataclass(frozen=True, slots=True)
class Own:
    """An embedded database."""

    url: str
    folder: Path


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Own]:
    """Return a running embedded database."""
    folder = tmp_path_factory.mktemp("own")
    with embedded_postgres(folder, durable=False) as url:
        yield Own(url, folder)


@still_harmful(24, "the log of the database is readable for everybody")
def test_the_log_of_the_database_is_its_owners(own: Own) -> None:
    mode = stat.S_IMODE((own.folder / "postgres.log").stat().st_mode)
    with no_harm():
        assert mode == 0o600


@still_harmful(24, "the role of the application is a superuser of the cluster")
def test_the_role_of_the_application_is_no_superuser(own: Own) -> None:
    with psycopg.connect(own.url) as connection:
        row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    with no_harm():
        assert row == (False,)
