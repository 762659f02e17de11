"""`kalends worker`: webhooks are delivered apart from the server, by whoever runs."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from tests.cli.kalends import Served, environment, refusal, serving
from tests.support.postgres import empty_database
from tests.support.server import HOST

_COMMAND = str(Path(sys.executable).with_name("kalends"))
ALLOWED = {"KALENDS_OUTGOING_ALLOW_PRIVATE": "true"}


class Inbox:
    """A receiver in a thread of its own; `paths` is what arrived."""

    def __init__(self) -> None:
        self.paths: list[str] = []

        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                inbox.paths.append(self.path)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = HTTPServer((HOST, 0), Handler)
        self.url = f"http://{HOST}:{self.server.server_port}"


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """Return a receiver."""
    made = Inbox()
    thread = Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@contextmanager
def working(folder: Path, url: str) -> Iterator[subprocess.Popen[str]]:
    """Run a worker; its log goes into `folder`."""
    with (folder / "worker").open("w") as log:
        process = subprocess.Popen(
            [_COMMAND, "worker", "--database-url", url], env=environment(ALLOWED), stderr=log, text=True
        )
    with process:
        try:
            yield process
        finally:
            process.kill()


def until(is_true: Callable[[], bool]) -> None:
    """Wait until something is so, for at most half a minute."""
    deadline = time.monotonic() + 30
    while not is_true():
        assert time.monotonic() < deadline


def book(served: Served, inbox: Inbox, path: str) -> None:
    """Let a webhook with this path be told of a booking."""
    headers = {"Authorization": f"Bearer {served.api_key}"}
    hook = {"active": True, "subscriberUrl": inbox.url + path, "triggers": ["BOOKING_CREATED"]}
    with httpx.Client(base_url=served.base_url, headers=headers, timeout=30) as client:
        assert client.post("/webhooks", json=hook).status_code == 201
        version = {"cal-api-version": "2024-06-14"}
        body = {"title": "x", "slug": path.strip("/"), "lengthInMinutes": 30}
        made = client.post("/event-types", json=body, headers=version).json()["data"]
        attendee = {"name": "Bo", "email": "bo@example.com", "timeZone": "UTC"}
        booking = {"eventTypeId": made["id"], "start": "2050-09-05T10:00:00Z", "attendee": attendee}
        booked = client.post("/bookings", json=booking, headers={"cal-api-version": "2024-08-13"})
        assert booked.status_code == 201, booked.text


def test_without_a_worker_of_its_own_the_server_leaves_deliveries_to_another(
    tmp_path: Path, url: str, inbox: Inbox
) -> None:
    with serving(tmp_path, "--no-worker", "--database-url", url, **ALLOWED) as served:
        book(served, inbox, "/apart")
        metrics = httpx.get(served.base_url.replace("/v2", "/metrics"), timeout=30).text
        assert 'kalends_queue_waiting{queue="facts"} 1.0' in metrics
        assert inbox.paths == []
        with working(tmp_path, url) as worker:
            until(lambda: inbox.paths == ["/apart"])
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(timeout=30) == 0


def test_the_server_delivers_by_itself(tmp_path: Path, url: str, inbox: Inbox) -> None:
    with serving(tmp_path, "--database-url", url, **ALLOWED) as served:
        book(served, inbox, "/own")
        until(lambda: inbox.paths == ["/own"])


def test_a_worker_refuses_a_database_that_no_server_has_prepared(url: str) -> None:
    with empty_database(url, "unprepared") as unprepared:
        said = refusal("worker", "--database-url", unprepared)
    assert "kalends db" in said or "kalends serve" in said
