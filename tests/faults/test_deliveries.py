"""Servers with their workers are killed while bookings are made: nothing that follows from one is lost.

Deliveries and mails are jobs of the one queue. Repeats are allowed for what was on its way to the receiver or
the mail server when its process died, and for nothing else.
"""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.notifications.mailbox import mail_server
from tests.races.scene import MONDAY, Scene, data_of, make_scene
from tests.support.client import booking_of
from tests.support.connection import Answer, connect, request_bytes
from tests.support.receiver import Receiver, receiving
from tests.support.server import Server, running

CLIENTS = 4
IN_FLIGHT = 16
"""How many deliveries to one webhook a process has on their way at most."""

_DEADLINE_SECONDS = 90.0
_LONGEST_MAIL_SECONDS = 3.0
_WORKERS = "3"  # so that some answer while one that was killed is being replaced

# What is not as it must be comes with it: facts, deliveries, mails, timers.
_LOST = """
    SELECT b.uid,
           (SELECT count(*) FROM outbox_events e WHERE e.subject_id = b.id AND kind = 'booking.created'),
           (SELECT count(*) FROM outbox_events e JOIN webhook_deliveries d ON d.event_id = e.id
             WHERE e.subject_id = b.id),
           (SELECT count(*) FROM mails m WHERE m.booking_id = b.id),
           (SELECT count(*) FROM timers t WHERE t.subject_id = b.id),
           (SELECT json_agg(j) FROM jobs j WHERE j.kind = 'failures')
      FROM bookings b
     WHERE (SELECT count(*) FROM outbox_events e WHERE e.subject_id = b.id AND kind = 'booking.created') <> 1
        OR (SELECT count(*) FROM outbox_events e JOIN webhook_deliveries d ON d.event_id = e.id
             WHERE e.subject_id = b.id) <> 1
        OR NOT EXISTS (SELECT FROM mails m WHERE m.booking_id = b.id)
        OR NOT EXISTS (SELECT FROM timers t WHERE t.subject_id = b.id)
"""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only /proc tells the processes of a server")
@pytest.mark.parametrize("kills", [20, pytest.param(200, marks=pytest.mark.full)])
async def test_killed_servers_and_workers_lose_nothing(url: str, tmp_path: Path, kills: int) -> None:
    async with mail_server() as mailbox, receiving() as receiver:
        settings = {
            "KALENDS_RATE_LIMIT_ENABLED": "false",
            "KALENDS_OUTGOING_ALLOW_PRIVATE": "true",
            "KALENDS_DATA_DIR": str(tmp_path / "data"),
            "KALENDS_MAIL_ENABLED": "true",
            "KALENDS_SMTP_URL": mailbox.url,
            "KALENDS_MAIL_FROM": "kalends@example.com",
        }
        with running(tmp_path, "--workers", _WORKERS, "--database-url", url, **settings) as server:
            scene = await make_scene(server, url)
            await _subscribe(scene, receiver)
            booked = await _book_while_processes_die(server, scene, kills)
            await _wait_until_all_is_done(url)
        with psycopg.connect(url) as connection:
            lost = connection.execute(_LOST).fetchall()
            assert lost == []
            made = {uid for (uid,) in connection.execute("SELECT uid FROM bookings").fetchall()}
            states: dict[str, int] = dict(
                connection.execute("SELECT kind || ' ' || state, count(*) FROM jobs GROUP BY 1").fetchall()
            )
            mailed = {uid for (uid,) in connection.execute("SELECT message_id FROM mails").fetchall()}
    assert set(booked) <= made
    # A webhook each, and a mail to the host and to who booked.
    assert states == {"webhooks done": len(made), "mails done": 2 * len(made)}
    arrived = Counter(body["payload"]["uid"] for body in receiver.bodies)
    assert set(arrived) == made
    assert len({request.id for request in receiver.requests}) == len(made)
    assert sum(arrived.values()) - len(arrived) <= kills * IN_FLIGHT
    received = Counter(str(mail.message["Message-ID"]) for mail in mailbox.received)
    assert set(received) == mailed
    # A process hands over one mail at a time.
    assert sum(received.values()) - len(received) <= kills


async def _subscribe(scene: Scene, receiver: Receiver) -> None:
    connection = await connect(scene.port)
    body = {"active": True, "subscriberUrl": receiver.url, "triggers": ["BOOKING_CREATED"]}
    data_of(await connection.post("/v2/webhooks", body, scene.api_key), 201)
    connection.close()


async def _book_while_processes_die(server: Server, scene: Scene, kills: int) -> list[str]:
    """Book without a pause from several clients, and kill a process after every few answers."""
    uids: list[str] = []
    is_over = asyncio.Event()

    async def book(client: int) -> None:
        number = 0
        while not is_over.is_set():
            start = MONDAY + timedelta(hours=number * CLIENTS + client)
            number += 1
            answer = await _persistently(scene, start)
            uids.append(data_of(answer, 201)["uid"])

    clients = [asyncio.create_task(book(client)) for client in range(CLIENTS)]
    try:
        for _ in range(kills):
            enough = len(uids) + CLIENTS
            while len(uids) < enough:
                await asyncio.sleep(0.01)
                for failed in clients:
                    if failed.done():
                        failed.result()
            _kill_one_process(server)
    finally:
        is_over.set()
    await asyncio.gather(*clients)
    return uids


async def _persistently(scene: Scene, start: Any) -> Answer:
    """Send a booking until it is answered, under one key, as a careful client does.

    The database may still be at work for a process that was killed: that is a 409, and no answer yet.
    """
    body = booking_of(scene.hour, start.isoformat())
    request = request_bytes("POST", "/v2/bookings", body, key=f"booking at {start.isoformat()}")
    async with asyncio.timeout(_DEADLINE_SECONDS):
        while True:
            with suppress(ConnectionError):
                connection = await connect(scene.port)
                try:
                    answer = await connection.send(request)
                finally:
                    connection.close()
                if answer.status != HTTPStatus.CONFLICT:
                    return answer
            await asyncio.sleep(0.01)


def _kill_one_process(server: Server) -> None:
    """Kill one of the processes that answer requests and deliver; the server replaces it."""
    for process in _processes(server.process.pid):
        os.kill(process, signal.SIGKILL)
        return


def _processes(supervisor: int) -> Sequence[int]:
    """Return the processes that were forked for the supervisor, the oldest first."""
    return [
        process
        for child in _children(supervisor)
        if b"forkserver" in Path(f"/proc/{child}/cmdline").read_bytes()
        for process in _children(child)
    ]


def _children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


async def _wait_until_all_is_done(url: str) -> None:
    """Wait as long as something is left and still gets less."""
    left = """
        SELECT (SELECT count(*) FROM jobs WHERE ended_at IS NULL),
               (SELECT count(*) FROM outbox_events WHERE handled_at IS NULL)
    """
    at_work = """
        SELECT (SELECT count(*) FROM jobs
                 WHERE state IN ('ready', 'held') OR kind = 'webhooks' AND ended_at IS NULL)
             + (SELECT count(*) FROM outbox_events WHERE handled_at IS NULL)
    """
    with psycopg.connect(url, autocommit=True) as connection:
        before: object = None
        changed_at = asyncio.get_running_loop().time()
        while (now := connection.execute(left).fetchone()) != (0, 0):
            if now != before:
                before, changed_at = now, asyncio.get_running_loop().time()
            assert asyncio.get_running_loop().time() - changed_at < _DEADLINE_SECONDS, now
            if connection.execute(at_work).fetchone() == (0,):
                await asyncio.sleep(_LONGEST_MAIL_SECONDS)
                # What is under way still went with its worker; the test does not wait for ten minutes.
                connection.execute("UPDATE jobs SET due_at = now() WHERE state = 'leased'")
            await asyncio.sleep(0.2)
