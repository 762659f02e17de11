"""Rules of the code that no tool knows."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import kalends

SOURCES = Path(kalends.__file__).parent
ROWS = frozenset({"row", "rows", "rest", "columns"})
"""What a row of a statement, or a part of it, is called."""


def slices_of_rows(source: str) -> Iterator[int]:
    """Yield the lines that cut a row into pieces by the positions of its columns."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Slice):
            continue
        cut = node.value
        is_one_of_several = isinstance(cut, ast.Subscript)
        while isinstance(cut, ast.Subscript):
            cut = cut.value
        # A part of several rows is no part of a row.
        if isinstance(cut, ast.Name) and cut.id in ROWS and (cut.id != "rows" or is_one_of_several):
            yield node.lineno


@pytest.mark.parametrize("line", ["row[:9]", "rows[0][2:]", "rest[: len(NAMES)]", "columns[A:B]"])
def test_a_slice_of_a_row_is_found(line: str) -> None:
    assert list(slices_of_rows(f"found = {line}")) == [1]


@pytest.mark.parametrize("line", ["rows[:1]", "row.starts[1:]", "names[:2]", "rows[0]", "row[0]"])
def test_what_is_no_slice_of_a_row_is_not_found(line: str) -> None:
    assert list(slices_of_rows(f"found = {line}")) == []


def test_no_column_is_found_by_counting_those_before_it() -> None:
    sliced = [
        f"{path.relative_to(SOURCES)}:{line}"
        for path in sorted(SOURCES.rglob("*.py"))
        for line in slices_of_rows(path.read_text())
    ]
    assert sliced == []
