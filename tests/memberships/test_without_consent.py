"""`KALENDS_MEMBERSHIPS_WITHOUT_CONSENT`: administrators enrol whom they want."""

from collections.abc import AsyncIterator

import httpx
import pytest

from kalends.app import Api
from kalends.runtime import make_runtime
from kalends.settings import Settings
from tests.conftest import Clock
from tests.memberships.places import Places
from tests.support.client import Client, Host, client_with_key, data
from tests.support.refusals import WatchedEdge


@pytest.fixture
async def company_server(settings: Settings, clock: Clock) -> AsyncIterator[Client]:
    """Return a client of such a server."""
    app = Api(make_runtime(settings.model_copy(update={"memberships_without_consent": True}), clock=clock))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=WatchedEdge(app))
        async with Client(transport=transport, base_url="http://kalends.test") as client:
            yield client


def there(company_server: Client, host: Host) -> Client:
    """Return a client of that server with somebody's key."""
    assert host.client.api_key is not None
    return client_with_key(company_server, host.client.api_key)


@pytest.mark.parametrize("where", ["of_organization", "of_lab"])
async def test_administrators_say_who_is_in(places: Places, company_server: Client, where: str) -> None:
    path = getattr(places, where)
    carl, dan = await places.people.account("carl"), await places.people.account("dan")
    ada = there(company_server, places.ada)
    made = data(await ada.post(path, json={"userId": carl.id, "accepted": True}), 201)
    assert (made["accepted"], made["user"]["email"]) == (True, carl.email)
    pending = data(await ada.post(path, json={"userId": dan.id}), 201)
    assert (pending["accepted"], pending["user"]["email"]) == (False, dan.email)
    accepted = data(await ada.patch(f"{path}/{pending['id']}", json={"accepted": True}))
    assert (accepted["accepted"], accepted["user"]["email"]) == (True, dan.email)
    async with places.people.database.connection() as connection:
        row = await (await connection.execute("SELECT count(*) FROM mails")).fetchone()
    assert row == (0,)
