"""The README does what it says: its curl walk is run as printed, against a server started as printed."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

README = Path(__file__).parents[2] / "README.md"
KALENDS = Path(sys.executable).with_name("kalends")


@pytest.fixture
def first_start(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Return what the first start of a server on an empty folder announces."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KALENDS_")} | {
        "KALENDS_DATA_DIR": str(tmp_path)
    }
    command = [str(KALENDS), "serve", "--port", "0", "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield json.loads(next(line for line in server.stdout if line.startswith("{")))
        server.terminate()
        assert server.wait(timeout=30) == 0


def test_the_walk_goes_from_nothing_to_a_booking_as_printed(first_start: dict[str, Any]) -> None:
    printed = README.read_text(encoding="utf-8")
    walk = re.search(r"<!-- walk:start -->\n```sh\n(.*?)```\n<!-- walk:end -->", printed, re.DOTALL)
    assert walk is not None
    environment = {**os.environ, "KEY": first_start["apiKey"], "API": first_start["baseUrl"]}
    ran = subprocess.run(
        ["bash", "-eu", "-c", walk[1]], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    slots, refused, cancelled = _documents(ran.stdout)
    assert [slot["start"][11:16] for slot in slots["data"]["2050-09-05"]] == ["09:00", "10:00", "11:00"]
    assert refused["error"]["details"]["reasons"] == ["booking"]
    assert cancelled["data"]["status"] == "cancelled"
    assert cancelled["data"]["reschedulingReason"] == "train is late"


def _documents(text: str) -> list[dict[str, Any]]:
    """Return the JSON documents that stand one after another in a text."""
    decoder = json.JSONDecoder()
    found = []
    while text.strip():
        document, end = decoder.raw_decode(text.lstrip())
        found.append(document)
        text = text.lstrip()[end:]
    return found
