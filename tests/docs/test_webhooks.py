"""The receiver of docs/webhooks.md checks signatures as the page says."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.docs.conftest import Documents

_PAGE = (Path(__file__).parents[2] / "docs/webhooks.md").read_text(encoding="utf-8")


def _block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", _PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def test_the_receiver_takes_what_is_signed_and_refuses_the_rest(tmp_path: Path) -> None:
    script = tmp_path / "receiver.py"
    script.write_text(_block("python"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "SECRET": "whsec_c2VjcmV0", "PORT": str(port)}
    with subprocess.Popen(
        [sys.executable, str(script)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as receiver:
        try:
            assert receiver.stdout is not None
            assert receiver.stdout.readline() == "listening\n"
            calls = _block("bash").replace("curl -s", "curl -s --retry 20 --retry-connrefused")
            ran = subprocess.run(
                ["bash", "-eu", "-c", calls], env=environment, capture_output=True, text=True, check=True
            )
        finally:
            receiver.kill()
    assert ran.stdout == "taken\nrefused\n"


def test_a_webhook_is_made_pinged_logged_and_replayed(answers: Mapping[str, Documents]) -> None:
    pinged, failed, replayed = answers["webhooks"]
    assert (pinged["data"]["ok"], pinged["data"]["error"]) == (False, "blocked_address")
    assert failed["data"] == []
    assert replayed["data"]["queued"] >= 1
    assert replayed["data"]["next"] is None
