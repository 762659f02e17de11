"""A host with an event type, and a browser."""

import pytest

from kalends.db.database import Database
from tests.support.client import Client, Host
from tests.web.scene import Browser, Scene


@pytest.fixture
def browser(client: Client) -> Browser:
    """Return somebody's browser."""
    return Browser(client)


@pytest.fixture
async def scene(client: Client, ana: Host, database: Database, browser: Browser) -> Scene:
    """Return an event type of an hour that Ana offers."""
    event_type = await ana.creates_event_type()
    return Scene(ana, client, database, browser, event_type["id"])
