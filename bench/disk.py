"""How long it takes until a booking works again once a full disk has room: `python -m bench.disk`.

Root alone can try: a small file system is mounted, filled, and written to until PostgreSQL stops for want of
room. Then the room is given back.
"""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import psycopg

from bench import load
from bench.recovery import prepare
from bench.servers import NO_LIMITS, Server, kalends
from kalends.db.server.embedded import embedded_postgres
from kalends.db.server.roles import APPLICATION, SUPERUSER

GOAL_SECONDS = 10.0
_SIZE = "300m"
_LONGEST_SECONDS = 120.0
_BEGIN = datetime(2050, 1, 1, tzinfo=UTC)
_CREATED = 201


def main() -> None:
    """Print the seconds from the room that a disk has again to the first booking."""
    print("A full disk under the embedded database, once it has room again")
    if os.geteuid() != 0:
        print("  not tried: root alone mounts a small disk")
        return
    with _small_disk() as data_dir, kalends(data_dir, **NO_LIMITS) as server:
        event_type = prepare(server)
        hours = count()
        told = _book_until_it_works(server, event_type, hours)
        filler = data_dir / "filler"
        with embedded_postgres(data_dir) as url:
            _fill(filler)
            _write_until_it_stops(url.replace(f"//{APPLICATION}@", f"//{SUPERUSER}@"), data_dir)
        filler.unlink()
        began = time.monotonic()
        _book_until_it_works(server, event_type, hours)
        took = time.monotonic() - began
        headers = {"cal-api-version": "2024-08-13"}
        kept, _ = load.ask(server.port, load.request("GET", f"/v2/bookings/{told}", headers))
    print(f"  until a booking works again  {took:.1f} s   (goal {GOAL_SECONDS:.0f})")
    print(f"  what was booked before       {'is there' if kept == 200 else 'is lost'}")


@contextmanager
def _small_disk() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=755", "kalends-bench", folder]
        subprocess.run(mount, check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def _book_until_it_works(server: Server, event_type: int, hours: Iterator[int]) -> str:
    headers = {"cal-api-version": "2024-08-13", "content-type": "application/json"}
    ends = time.monotonic() + _LONGEST_SECONDS
    while time.monotonic() < ends:
        body = {
            "eventTypeId": event_type,
            "start": (_BEGIN + timedelta(hours=next(hours))).isoformat(),
            "attendee": {"name": "Bo", "email": "bo@example.com", "timeZone": "UTC"},
        }
        request = load.request("POST", "/v2/bookings", headers, json.dumps(body).encode())
        status, answer = load.ask(server.port, request)
        if status == _CREATED:
            return str(json.loads(answer)["data"]["uid"])
        time.sleep(0.1)
    raise RuntimeError("nothing can be booked though there is room")


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        for size in (2**20, 2**12):
            with suppress(OSError):
                while True:
                    file.write(b"\0" * size)


def _write_until_it_stops(url: str, data_dir: Path) -> None:
    recorded = (data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0]
    ends = time.monotonic() + _LONGEST_SECONDS
    while Path(f"/proc/{recorded}").exists():
        if time.monotonic() > ends:
            raise RuntimeError("the database goes on though its disk is full")
        with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as connection:
            # A message is nothing but log; the next segment of the log needs room.
            connection.execute("SELECT pg_logical_emit_message(false, 'bench', 'x')")
            connection.execute("SELECT pg_switch_wal()")


if __name__ == "__main__":
    main()
