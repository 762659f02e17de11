"""Running the `kalends` command as its users do: as a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.server import SECRET_KEY

_COMMAND = str(Path(sys.executable).with_name("kalends"))


@dataclass(frozen=True, slots=True)
class Served:
    """A running server and what it said when it was ready."""

    process: subprocess.Popen[str]
    base_url: str
    api_key: str | None
    stderr: Path


def environment(variables: dict[str, str]) -> dict[str, str]:
    """Return our environment with these variables of Kalends, a secret, and no mails."""
    own = {name: text for name, text in os.environ.items() if not name.startswith("KALENDS_")}
    return own | {"KALENDS_SECRET_KEY": SECRET_KEY, "KALENDS_MAIL_ENABLED": "false"} | variables


def kalends(*arguments: str, stdin: str | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; `stdin` is what it is answered."""
    return subprocess.run(
        [_COMMAND, *arguments],
        env=environment(variables),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def kalends_json(*arguments: str, **variables: str) -> dict[str, Any]:
    """Run a command that succeeds, and return the object on its last line."""
    ran = kalends(*arguments, "--json", **variables)
    assert ran.returncode == 0, ran.stderr
    answer: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return answer


def refusal(*arguments: str, **variables: str) -> str:
    """Run a command that fails in an ordinary way, and return the one line that it says."""
    ran = kalends(*arguments, **variables)
    assert (ran.returncode, ran.stdout) == (1, ""), ran
    assert ran.stderr.count("\n") == 1, ran.stderr
    return ran.stderr


def banner_until(word: str, *arguments: str, **variables: str) -> list[str]:
    """Return what a server says to people when it is ready, up to the line that has a word."""
    process = subprocess.Popen(
        [_COMMAND, "serve", "--port", "0", *arguments],
        env=environment(variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    lines: list[str] = []
    with process:
        try:
            assert process.stdout is not None
            while not lines or word not in lines[-1]:
                line = process.stdout.readline()
                assert line, lines
                lines.append(line)
        finally:
            process.terminate()
    return lines


@contextmanager
def serving(folder: Path, *arguments: str, **variables: str) -> Iterator[Served]:
    """Run a server on a free port; end it with SIGTERM if it still runs. Its log goes into `folder`."""
    stderr = folder / "stderr"
    command = [_COMMAND, "serve", "--json", "--port", "0", *arguments]
    with stderr.open("w") as log:
        process = subprocess.Popen(
            command, env=environment(variables), stdout=subprocess.PIPE, stderr=log, text=True
        )
    with process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said, stderr.read_text()
            facts = json.loads(said)
            yield Served(process, facts["baseUrl"], facts.get("apiKey"), stderr)
        finally:
            process.terminate()
