"""Databases and servers that the tests break."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from kalends.db import migrate
from tests.support.invariants import assert_invariants_hold
from tests.support.postgres import empty_database
from tests.support.server import Server, running


@pytest.fixture
def url(database_url: str) -> Iterator[str]:
    """Return the URL of a migrated database without rows, which must be sound when the test ends."""
    own = urlsplit(database_url).path.strip("/")
    with empty_database(database_url, f"{own}_faults") as empty:
        migrate.upgrade(empty)
        yield empty
        assert_invariants_hold(empty)


@pytest.fixture(scope="module")
def server(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server that all tests of a module treat badly, and that must never fail for it."""
    own = urlsplit(database_url).path.strip("/")
    folder = tmp_path_factory.mktemp("faults")
    with empty_database(database_url, f"{own}_maltreated") as empty:
        with running(folder, "--database-url", empty, KALENDS_RATE_LIMIT_ENABLED="false") as server:
            yield server
        assert_invariants_hold(empty)
    assert "request failed" not in server.logged()
