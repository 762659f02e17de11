"""The server as its users run it: processes of its own behind a port."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

HOST = "127.0.0.1"
SECRET_KEY = "a secret that only the tests know"

_COMMAND = str(Path(sys.executable).with_name("kalends"))
_VARIABLES = {
    "KALENDS_LOG_FORMAT": "json",
    "KALENDS_MAIL_ENABLED": "false",  # else each test would have to name a folder for its mails
    "KALENDS_SECRET_KEY": SECRET_KEY,
}
_LONGEST_END_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `api_key` is the owner's, on the first start on a database; `log` its stderr."""

    process: subprocess.Popen[str]
    port: int
    api_key: str | None
    log: Path

    def kill(self) -> None:
        """Kill the server and its workers at once, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def terminate(self) -> None:
        """Ask the server to finish, and wait until it has."""
        self.process.terminate()
        self.process.wait(timeout=_LONGEST_END_SECONDS)

    def logged(self) -> list[str]:
        """Return the events that were logged so far."""
        return [json.loads(line)["event"] for line in self.log.read_text().splitlines()]


@contextmanager
def running(folder: Path, *arguments: str, **variables: str) -> Iterator[Server]:
    """Run `kalends serve` on a free port with these arguments and variables, a secret, and no mails.

    The port takes connections when the block begins; they wait until the application is ready. What still
    runs when the block ends is ended with SIGTERM. The log is written into `folder`.
    """
    log = folder / "stderr"
    own = {name: text for name, text in os.environ.items() if not name.startswith("KALENDS_")}
    with log.open("a") as stderr:
        process = subprocess.Popen(
            [_COMMAND, "serve", "--json", "--host", HOST, "--port", "0", *arguments],
            env=own | _VARIABLES | variables,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            # A process group of its own is what `kill` kills.
            start_new_session=True,
        )
    with process:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said, log.read_text()
        facts = json.loads(said)
        port = urlsplit(facts["baseUrl"]).port
        assert port is not None
        server = Server(process, port, facts.get("apiKey"), log)
        try:
            yield server
        finally:
            if process.poll() is None:
                server.terminate()
