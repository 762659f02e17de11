"""What tests of lists share."""

import pytest

from kalends.db.database import Database
from tests.bookings.board import NOW, Row, fill
from tests.conftest import Clock
from tests.support.client import Client, Host, make_host


@pytest.fixture
async def event_types(ana: Host) -> list[int]:
    """Return the ids of two event types."""
    return [(await ana.creates_event_type(slug))["id"] for slug in ("intro", "review")]


@pytest.fixture
async def board(
    client: Client, database: Database, ana: Host, ben: Host, event_types: list[int], clock: Clock
) -> list[Row]:
    """Return what is on the board."""
    others = [ben, *[await make_host(client, database, name, time_zone="UTC") for name in ("cleo", "dora")]]
    clock.now = NOW
    return await fill(database, ana, others, event_types)
