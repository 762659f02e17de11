"""The databases that commands work on."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kalends.db import migrate
from tests.support.postgres import empty_database, tcp_server


@pytest.fixture
def url(database_url: str) -> Iterator[str]:
    """Return the URL of a migrated database without accounts."""
    own = urlsplit(database_url).path.strip("/")
    with empty_database(database_url, f"{own}_command") as empty:
        migrate.upgrade(empty)
        yield empty


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder that the tests of a module use one after the other."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def tcp_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL, with its password, of somebody's own PostgreSQL."""
    with tcp_server(tmp_path_factory.mktemp("tcp"), password="correct-horse") as found:
        yield found
