"""Real processes to measure: the server, and the floors."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import load

_KALENDS = Path(sys.executable).with_name("kalends")
_START_SECONDS = 60.0

NO_LIMITS = {
    f"rate_limit_{kind}": "1000000" for kind in ("api_key", "anonymous", "oauth_client", "access_token")
}
"""Settings of a server that no load is too much for."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its port, its process, and the key of its first account, if it has one."""

    port: int
    process_id: int
    api_key: str

    def call(self, method: str, path: str, version: str, body: dict[str, Any] | None = None) -> Any:
        """Call the API as the first account and return the data of the answer."""
        data = json.dumps(body).encode() if body is not None else b""
        status, answer = load.ask(self.port, load.request(method, path, self.headers(version), data))
        if status >= 400:
            raise RuntimeError(answer.decode())
        return json.loads(answer)["data"]

    @property
    def cpu_microseconds(self) -> float:
        """The time that the threads of its process have spent on a processor."""
        return processor_microseconds(self.process_id)

    def headers(self, version: str) -> dict[str, str]:
        """Return the headers of the first account."""
        return {
            "authorization": f"Bearer {self.api_key}",
            "cal-api-version": version,
            "content-type": "application/json",
        }


def processor_microseconds(process_id: int) -> float:
    """Return the time that the threads of a process have spent on a processor."""
    tasks = Path(f"/proc/{process_id}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1000


def environment_of(data_dir: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a command on a data folder; `settings` are `KALENDS_*` variables."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KALENDS_")}
    environment |= {"KALENDS_DATA_DIR": str(data_dir), "KALENDS_LOG_LEVEL": "error"}
    return environment | {f"KALENDS_{name.upper()}": value for name, value in settings.items()}


@contextmanager
def kalends(data_dir: Path, **settings: str) -> Iterator[Server]:
    """Run `kalends serve` on an empty folder until the block ends; `settings` are `KALENDS_*` variables."""
    environment = environment_of(data_dir, settings)
    command = [str(_KALENDS), "serve", "--port", "0", "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        announced = json.loads(next(line for line in process.stdout if line.startswith('{"baseUrl"')))
        port = int(announced["baseUrl"].rsplit(":", 1)[1].partition("/")[0])
        wait_until_healthy(port)
        try:
            yield Server(port, process.pid, announced.get("apiKey", ""))
        finally:
            process.terminate()


@contextmanager
def floor(kind: str, database_url: str, body_bytes: int) -> Iterator[Server]:
    """Run a floor on the same kind of server."""
    port = _free_port()
    environment = {**os.environ, "KALENDS_DATABASE_URL": database_url, "BODY_BYTES": str(body_bytes)}
    command = [sys.executable, "-m", "uvicorn", f"bench.floor:{kind}", "--port", str(port)]
    command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "error"]
    with subprocess.Popen(command, env=environment) as process:
        wait_until_healthy(port, path="/")
        try:
            yield Server(port, process.pid, api_key="")
        finally:
            process.terminate()


def wait_until_healthy(port: int, path: str = "/health") -> None:
    """Return once a server answers."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            if load.ask(port, load.request("GET", path))[0] == 200:
                return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"nothing answers on port {port}")


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
