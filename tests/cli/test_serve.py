"""`kalends serve`: the first start, the end, and what a crash leaves behind."""

import json
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg

from kalends.db.server.embedded import embedded_postgres
from tests.cli.kalends import Served, banner_until, kalends_json, refusal, serving

_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


def get_me(served: Served, api_key: str | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {api_key or served.api_key}"}
    return httpx.get(f"{served.base_url}/me", headers=headers, timeout=30)


def until(is_true: Callable[[], bool]) -> None:
    """Wait until something is so, for at most half a minute."""
    deadline = time.monotonic() + 30
    while not is_true():
        assert time.monotonic() < deadline


def is_listening(served: Served) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", urlsplit(served.base_url).port)) == 0


def test_the_first_start_makes_an_owner_whose_key_works(tmp_path: Path, data_dir: Path) -> None:
    with serving(tmp_path, "--data-dir", str(data_dir), KALENDS_OWNER_EMAIL="ana@example.com") as served:
        assert get_me(served).json()["data"]["email"] == "ana@example.com"
        assert served.api_key is not None
        assert served.api_key not in served.stderr.read_text()
    with serving(tmp_path, "--data-dir", str(data_dir)) as later:
        assert later.api_key is None
        assert get_me(later, served.api_key).status_code == 200


def test_the_banner_says_how_other_commands_find_the_data(tmp_path: Path) -> None:
    data_dir = tmp_path / "my data"
    banner = banner_until("export", "--data-dir", str(data_dir))
    assert banner[-1].strip() == f"export KALENDS_DATA_DIR='{data_dir}'"
    assert [one["email"] for one in kalends_json("user", "list", KALENDS_DATA_DIR=str(data_dir))["users"]]


def test_commands_work_beside_the_running_server(tmp_path: Path, data_dir: Path) -> None:
    with serving(tmp_path, "--data-dir", str(data_dir)) as served:
        options = ("--email", "ben@example.com", "--username", "ben", "--bare", "--data-dir", str(data_dir))
        kalends_json("user", "create", *options)
        key = kalends_json("api-key", "create", "--user", "ben@example.com", "--data-dir", str(data_dir))
        assert get_me(served, key["apiKey"]).json()["data"]["username"] == "ben"


def test_sigterm_finishes_running_requests_and_stops_the_database(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    answers: list[int] = []
    with serving(tmp_path, "--data-dir", str(data_dir)) as served:
        with embedded_postgres(data_dir) as url, psycopg.connect(url, autocommit=True) as watcher:
            with psycopg.connect(url) as holder:
                holder.execute("LOCK TABLE api_keys")
                request = threading.Thread(target=lambda: answers.append(get_me(served).status_code))
                request.start()
                until(lambda: watcher.execute(_WAITING).fetchone() == (1,))
                served.process.send_signal(signal.SIGTERM)
                until(lambda: not is_listening(served))
            request.join()
        assert served.process.wait(timeout=30) == 0
    assert answers == [200]
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


def test_after_kill_9_the_next_start_recovers_by_itself(tmp_path: Path) -> None:
    arguments = ("--data-dir", str(tmp_path / "data"))
    with serving(tmp_path, *arguments) as killed:
        killed.process.kill()
        killed.process.wait()
    with serving(tmp_path, *arguments) as served:
        assert get_me(served, killed.api_key).status_code == 200
        served.process.terminate()
        assert served.process.wait(timeout=30) == 0
    assert not (tmp_path / "data" / "postgres" / "postmaster.pid").exists()


def test_several_workers_share_the_port_and_go_with_their_parent(tmp_path: Path, url: str) -> None:
    with serving(tmp_path, "--workers", "2", "--database-url", url) as served:
        assert get_me(served).status_code == 200
        served.process.kill()
        until(lambda: not is_listening(served))


def test_several_workers_end_with_status_0(tmp_path: Path, url: str) -> None:
    with serving(tmp_path, "--workers", "2", "--database-url", url) as served:
        assert get_me(served).status_code == 200
        served.process.terminate()
        assert served.process.wait(timeout=30) == 0


def test_a_port_in_use_is_told_in_one_line_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        said = refusal("serve", "--port", port, "--data-dir", str(tmp_path / "data"))
    assert port in said
    assert "Address already in use" in said
    assert not (tmp_path / "data").exists()


def test_a_host_that_is_not_this_machine_is_told_in_one_line(tmp_path: Path) -> None:
    said = refusal("serve", "--host", "203.0.113.1", "--data-dir", str(tmp_path / "data"))
    assert "203.0.113.1" in said


def test_the_log_has_one_json_object_a_line(tmp_path: Path, url: str) -> None:
    with serving(tmp_path, "--database-url", url) as served:
        assert get_me(served).status_code == 200
    lines = served.stderr.read_text().splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["serving", "stopping"]


def test_an_owner_without_an_e_mail_address_is_told_in_one_line(url: str) -> None:
    said = refusal("serve", "--port", "0", "--database-url", url, KALENDS_OWNER_EMAIL="nobody")
    assert said == "kalends: KALENDS_OWNER_EMAIL: must be an e-mail address such as ana@example.com\n"
