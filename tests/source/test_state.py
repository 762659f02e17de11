"""What a process has one of is in its `Runtime`, where types are known, and nowhere else."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "tests", "tools", "bench")
HOLDERS = ("app", "api", "application", "request")
"""What an application or a request of Starlette is called, or how its name ends."""


def uses_of_state(source: str) -> Iterator[int]:
    """Yield the lines that keep something in the untyped `state` of an application or a request."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Attribute) or node.attr != "state":
            continue
        holder = node.value
        name = holder.attr if isinstance(holder, ast.Attribute) else getattr(holder, "id", "")
        if name.rpartition("_")[2] in HOLDERS:
            yield node.lineno


@pytest.mark.parametrize(
    "line", ["request.app.state.x", "app.state.x = 1", "own_api.state", "request.state.x"]
)
def test_a_use_of_state_is_found(line: str) -> None:
    assert list(uses_of_state(line)) == [1]


@pytest.mark.parametrize("line", ["mail.state", "state.x", "api.runtime.database", "mails[0].state"])
def test_what_is_no_use_of_state_is_not_found(line: str) -> None:
    assert list(uses_of_state(line)) == []


def test_nothing_is_kept_in_the_state_of_an_application() -> None:
    used = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in uses_of_state(path.read_text())
    ]
    assert used == []
