"""Databases and folders of the tests around the database itself."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kalends.db.server.embedded import embedded_postgres
from tests.support.postgres import empty_database


@pytest.fixture
def empty_url(database_url: str) -> Iterator[str]:
    """Return the URL of a database without tables."""
    own = urlsplit(database_url).path.strip("/")
    with empty_database(database_url, f"{own}_empty") as url:
        yield url


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder whose cluster was made, and whose server is stopped."""
    folder = tmp_path_factory.mktemp("data")
    with embedded_postgres(folder, durable=False):
        return folder
