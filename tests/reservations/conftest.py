"""What the tests of reservations share."""

import pytest

from kalends.db.database import Database
from tests.support.teams import Rows


@pytest.fixture
def rows(database: Database) -> Rows:
    """Return what puts rows into the database that no operation makes yet."""
    return Rows(database)
