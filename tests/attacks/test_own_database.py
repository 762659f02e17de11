"""The embedded PostgreSQL: who looks after it, and who can read it (findings 10 and 24)."""

import asyncio
import os
import re
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path

import psycopg
import pytest

from kalends.db import migrate
from kalends.db.errors import DatabaseUnavailable
from kalends.db.server.embedded import embedded_postgres
from kalends.db.server.programs import Account, open_way
from tests.races.scene import MONDAY, Scene, creating, data_of, make_scene
from tests.support.connection import connect
from tests.support.postgres import as_superuser, kill_postgres
from tests.support.server import Server, running

PATIENCE_SECONDS = 45.0
"""Within which a server has to help itself; it is long, so that a busy machine can."""

GUESTS = 6

IS_ROOT = os.geteuid() == 0
STRANGER = 12_345
SERVER = Account(23_456, 23_456)


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


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only /proc tells the processes of the database")
async def test_a_database_that_was_killed_comes_back_by_itself_and_has_all_that_was_said_done(
    tmp_path: Path,
) -> None:
    data_dir = tmp_path / "data"
    with running(tmp_path, "--data-dir", str(data_dir), KALENDS_RATE_LIMIT_ENABLED="false") as server:
        scene = await make_scene(server, "")
        load = Load(server, scene)
        guests = [asyncio.create_task(load.books_until_told()) for _ in range(GUESTS)]
        await load.has_done(GUESTS)
        kill_postgres(data_dir)
        assert await is_ready_again(server)
        await load.has_done(GUESTS)
        load.is_told = True
        await asyncio.gather(*guests)
        await load.assert_all_is_there()
        assert load.other_statuses <= {503}
    assert {"the database has stopped", "the database runs again"} <= set(server.logged())


@dataclass(slots=True)
class Load:
    """Guests who book a host's hours one after another; `booked` are the bookings that they were told of."""

    server: Server
    scene: Scene
    booked: list[str] = field(default_factory=list)
    other_statuses: set[int] = field(default_factory=set)
    is_told: bool = False
    _progress: asyncio.Condition = field(default_factory=asyncio.Condition)
    _hours: Iterator[int] = field(default_factory=count)

    async def books_until_told(self) -> None:
        """Book again and again until `is_told`."""
        connection = await connect(self.server.port)
        while not self.is_told:
            start = MONDAY + next(self._hours) * timedelta(hours=2)
            answer = await connection.send(creating(self.scene.hour, start))
            if answer.status == 201:
                async with self._progress:
                    self.booked.append(answer.json()["data"]["uid"])
                    self._progress.notify_all()
            else:
                self.other_statuses.add(answer.status)
        connection.close()

    async def has_done(self, more: int) -> None:
        """Wait until so many more bookings are made."""
        wanted = len(self.booked) + more
        async with self._progress:
            await asyncio.wait_for(
                self._progress.wait_for(lambda: len(self.booked) >= wanted), PATIENCE_SECONDS
            )

    async def assert_all_is_there(self) -> None:
        """Look every booking up."""
        connection = await connect(self.server.port)
        for uid in self.booked:
            assert data_of(await connection.get(f"/v2/bookings/{uid}"))["uid"] == uid
        connection.close()


@pytest.mark.full
@pytest.mark.skipif(not IS_ROOT or not Path("/proc/self").exists(), reason="only root mounts a small disk")
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
                await assert_only_reads_work(server, scene, uid)
                write_until_it_dies(as_superuser(url), data_dir)
            filler.unlink()
            assert await is_ready_again(server)
            await books_at_last(server, scene)
            assert "the disk is full: nothing is stored until there is room" in server.logged()
            connection = await connect(server.port)
            assert data_of(await connection.get(f"/v2/bookings/{uid}"))["uid"] == uid
            connection.close()
    finally:
        subprocess.run(["umount", str(data_dir)], check=True)


async def assert_only_reads_work(server: Server, scene: Scene, uid: str) -> None:
    """See that a booking is refused with what to do, and that another can be read."""
    connection = await connect(server.port)
    refused = await connection.send(creating(scene.hour, MONDAY + timedelta(days=1)))
    while refused.status in {201, 400}:
        # Booked, then taken: the server looks at the disk twice a second.
        refused = await connection.send(creating(scene.hour, MONDAY + timedelta(days=1)))
    assert refused.status == 503
    assert "disk is full" in refused.json()["error"]["message"]
    assert b"retry-after: 60" in refused.head
    assert data_of(await connection.get(f"/v2/bookings/{uid}"))["uid"] == uid
    connection.close()


async def books_at_last(server: Server, scene: Scene) -> None:
    """Book until it works; each connection to the database that broke may cost a refusal."""
    connection = await connect(server.port)
    for number in range(100):
        start = MONDAY + timedelta(days=2, hours=number)
        if (await connection.send(creating(scene.hour, start))).status == 201:
            break
    else:
        pytest.fail("nothing can be booked though there is room again")
    connection.close()


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
def test_a_folder_of_another_account_is_not_opened(tmp_path: Path) -> None:
    private = tmp_path / "home"
    private.mkdir()
    os.chown(private, STRANGER, STRANGER)
    private.chmod(0o700)
    cluster = private / "kalends" / "postgres"
    cluster.mkdir(parents=True)
    tmp_path.chmod(0o700)
    with pytest.raises(DatabaseUnavailable, match=re.escape(f"chmod o+x {private}")):
        open_way(cluster, SERVER)
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (private, tmp_path)] == [0o700, 0o700]


@pytest.mark.skipif(not IS_ROOT, reason="root alone opens the folders of others")
def test_a_folder_of_another_account_that_lets_everybody_pass_is_no_hindrance(tmp_path: Path) -> None:
    shared = tmp_path / "home"
    shared.mkdir()
    os.chown(shared, STRANGER, STRANGER)
    shared.chmod(0o711)
    (shared / "kalends").mkdir(mode=0o700)
    open_way(shared / "kalends" / "postgres", SERVER)
    assert stat.S_IMODE((shared / "kalends").stat().st_mode) == 0o701


_POWERS = """
    SELECT rolname, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user
"""

_OWNERS = """
    SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i', 'S')
"""


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


def test_the_log_of_the_database_is_its_owners(own: Own) -> None:
    assert stat.S_IMODE((own.folder / "postgres.log").stat().st_mode) == 0o600


def test_the_role_of_the_application_is_no_superuser(own: Own) -> None:
    with psycopg.connect(own.url) as connection:
        assert connection.execute(_POWERS).fetchone() == ("kalends", False, False, False)


def test_the_role_of_a_cluster_made_before_is_no_superuser_any_more(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path, durable=False) as url:
        migrate.upgrade(url)
        hand_back(url)
        with psycopg.connect(url) as connection:
            assert connection.execute(_POWERS).fetchone() == ("kalends", True, True, True)
    with embedded_postgres(tmp_path, durable=False) as url:
        with psycopg.connect(url) as connection:
            assert connection.execute(_POWERS).fetchone() == ("kalends", False, False, False)
            assert connection.execute(_OWNERS).fetchall() == [("kalends",)]
            connection.execute("CREATE TABLE made_later (id int)")
        assert migrate.upgrade(url) == ()


def hand_back(url: str) -> None:
    """Make the roles those of a cluster as it was made before: the application is the first superuser."""
    with psycopg.connect(as_superuser(url), autocommit=True) as connection:
        connection.execute("CREATE ROLE helper SUPERUSER LOGIN")
    with psycopg.connect(url.replace("//kalends@", "//helper@"), autocommit=True) as connection:
        connection.execute("ALTER ROLE kalends RENAME TO application")
        connection.execute("ALTER ROLE postgres RENAME TO kalends")
        connection.execute("REASSIGN OWNED BY application TO kalends")
        connection.execute("ALTER DATABASE kalends OWNER TO kalends")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP ROLE helper")
        connection.execute("DROP OWNED BY application")
        connection.execute("DROP ROLE application")
