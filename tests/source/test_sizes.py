"""Files are read in one sitting, and folders are seen at a glance."""

from pathlib import Path

import kalends

MOST_LINES = 500
MOST_FILES = 14

_PACKAGE = Path(kalends.__file__).parent
_TABLES = {"models", "versions"}
"""Folders with a file a table or a migration, which grow with the database."""


def test_no_file_is_longer_than_what_is_read_in_one_sitting() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in _PACKAGE.rglob("*.py")}
    assert {path: length for path, length in lengths.items() if length > MOST_LINES} == {}


def test_no_folder_has_more_files_than_are_seen_at_a_glance() -> None:
    folders = [path for path in (_PACKAGE, *_PACKAGE.rglob("*")) if path.is_dir()]
    sizes = {path: len(list(path.glob("*.py"))) for path in folders if path.name not in _TABLES}
    assert {path: size for path, size in sizes.items() if size > MOST_FILES} == {}
