"""A database that stops and comes back while the server runs."""

import os
import signal
import time
from datetime import timedelta
from pathlib import Path

from kalends.db.server.embedded import embedded_postgres
from tests.races.scene import MONDAY, creating, data_of, make_scene
from tests.support.connection import connect
from tests.support.invariants import assert_invariants_hold
from tests.support.server import running

POOL = 10


async def test_without_a_database_the_answer_is_503_and_with_it_again_all_is_well(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with (
        embedded_postgres(data_dir, durable=False) as url,
        running(tmp_path, "--database-url", url, KALENDS_RATE_LIMIT_ENABLED="false") as server,
    ):
        scene = await make_scene(server, url)
        connection = await connect(server.port)
        before = data_of(await connection.send(creating(scene.hour, MONDAY)), 201)
        _stop_postgres(data_dir)
        refused = await connection.send(creating(scene.hour, MONDAY + timedelta(days=1)))
        assert refused.status == 503
        assert refused.json()["status"] == "error"
        assert refused.json()["error"]["code"] == "ServiceUnavailableException"
        assert (await connection.get("/health")).status == 200
        with embedded_postgres(data_dir, durable=False):
            # Every connection that was open when the database stopped costs one more refusal at most.
            statuses = [(await connection.get("/health/ready")).status for _ in range(POOL)]
            assert statuses == sorted(statuses, reverse=True)
            assert statuses[-1] == 200
            assert data_of(await connection.get(f"/v2/bookings/{before['uid']}"))["status"] == "accepted"
            data_of(await connection.send(creating(scene.hour, MONDAY + timedelta(days=1))), 201)
            assert_invariants_hold(url)
        connection.close()


def _stop_postgres(data_dir: Path) -> None:
    recorded = data_dir / "postgres" / "postmaster.pid"
    os.kill(int(recorded.read_text().splitlines()[0]), signal.SIGINT)
    deadline = time.monotonic() + 30
    while recorded.exists():
        assert time.monotonic() < deadline, "PostgreSQL does not stop"
