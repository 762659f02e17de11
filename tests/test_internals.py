"""Private parts of a dependency are imported in one file each, which has a test of its own."""

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "kalends"

PRIVATE = {
    "api/http/fastapi_internals.py": r"(?:from|import) (?:fastapi|starlette)\.(?:_|dependencies|utils|.*\._)",
    "db/psycopg_internals.py": r"(?:from|import) psycopg(?:_pool)?(?:\._|\..*\._)|\._exec_command",
    "uvicorn_internals.py": r"(?:from|import) uvicorn(?:\._| import _)",
}
"""Which file may have what matches."""


@pytest.mark.parametrize("file", PRIVATE)
def test_private_parts_are_used_in_one_file(file: str) -> None:
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if re.search(PRIVATE[file], path.read_text(encoding="utf-8"))
    }
    assert found == {file}
