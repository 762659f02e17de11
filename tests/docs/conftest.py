"""What the documentation prints, run as printed against a server started as printed."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

PAGES = (
    "idempotency",
    "reservations",
    "seats",
    "recurrence",
    "confirmation",
    "webhooks",
    "organizations",
    "platform",
)
"""The pages of `docs` whose lines of shell go on from the README's walk, in this order."""

_ROOT = Path(__file__).parents[2]
_KALENDS = Path(sys.executable).with_name("kalends")
_WALK = re.compile(r"<!-- walk:start -->\n```sh\n(.*?)```\n<!-- walk:end -->", re.DOTALL)
_SHELL = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)

Documents = Sequence[dict[str, Any]]


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Return what the first start of a server on an empty folder announces."""
    folder = tmp_path_factory.mktemp("docs")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KALENDS_")}
    command = [str(_KALENDS), "serve", "--port", "0", "--json"]
    with subprocess.Popen(
        command, env=environment | {"KALENDS_DATA_DIR": str(folder)}, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        announced = json.loads(next(line for line in server.stdout if line.startswith("{")))
        yield {**announced, "dataDir": str(folder)}
        server.terminate()
        assert server.wait(timeout=30) == 0


@pytest.fixture(scope="session")
def answers(first_start: dict[str, Any]) -> Mapping[str, Documents]:
    """Return the JSON documents that the README's walk and each page print, under `README` and its name."""
    walk = _WALK.search((_ROOT / "README.md").read_text(encoding="utf-8"))
    assert walk is not None
    parts = {"README": walk[1]}
    for page in PAGES:
        text = (_ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
        parts[page] = "".join(block[1] for block in _SHELL.finditer(text))
    script = "".join(f"printf '\\n=== {name}\\n'\n{part}" for name, part in parts.items())
    environment = {
        **os.environ,
        "KEY": first_start["apiKey"],
        "API": first_start["baseUrl"],
        "KALENDS_DATA_DIR": first_start["dataDir"],
        "PATH": f"{_KALENDS.parent}{os.pathsep}{os.environ['PATH']}",
    }
    ran = subprocess.run(
        ["bash", "-eu", "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    printed = re.split(r"^=== (\w+)\n", ran.stdout, flags=re.MULTILINE)[1:]
    return {name: _documents(text) for name, text in zip(printed[::2], printed[1::2], strict=True)}


def _documents(text: str) -> Documents:
    """Return the JSON documents that stand one after another in a text."""
    decoder = json.JSONDecoder()
    found = []
    while text.strip():
        document, end = decoder.raw_decode(text.lstrip())
        found.append(document)
        text = text.lstrip()[end:]
    return found
