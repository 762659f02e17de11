"""Who uses the server under test, by clients that hold every 2xx answer against the contract."""

from dataclasses import dataclass
from typing import Any

import httpx

from kalends.accounts import service as accounts
from kalends.accounts.service import CreateUser
from kalends.auth import service as auth
from kalends.db.database import Database
from tests.support.bookings import RESERVATIONS, TEN, URL
from tests.support.responses import assert_matches_contract

VERSIONS = {
    "/v2/bookings": "2024-08-13",
    "/v2/event-types": "2024-06-14",
    "/v2/schedules": "2024-06-11",
    "/v2/slots": "2024-09-04",
}


class Client(httpx.AsyncClient):
    """An HTTP client that sends the version header a path wants, unless a test sends its own."""

    api_key: str | None = None

    async def request(self, method: str, url: Any, **options: Any) -> httpx.Response:
        """Send a request; `version=None` sends no version header."""
        headers = dict(options.pop("headers", None) or {})
        version = options.pop("version", self._version_of(str(url)))
        if version is not None:
            headers.setdefault("cal-api-version", version)
        if self.api_key is not None:
            headers.setdefault("Authorization", f"Bearer {self.api_key}")
        response = await super().request(method, url, headers=headers, **options)
        if response.is_success and response.headers.get("content-type", "").startswith("application/json"):
            assert_matches_contract(method, response.request.url.path, response.status_code, response.json())
        return response

    def _version_of(self, url: str) -> str | None:
        return next((version for prefix, version in VERSIONS.items() if url.startswith(prefix)), None)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who uses the API, with a client that carries their credential if they have one.

    Bookings are named by a uid, or by what was shown of them.
    """

    client: Client

    async def books(self, event_type: dict[str, Any] | int, start: str = TEN, **properties: Any) -> Any:
        """Book a time of an event type as Bo, but for what `properties` say; return what is shown of it."""
        event_type_id = event_type if isinstance(event_type, int) else event_type["id"]
        body = booking_of(event_type_id, start, **properties)
        return data(await self.client.post(URL, json=body), 201)

    async def reserves(self, event_type: dict[str, Any] | int, start: str = TEN, **properties: Any) -> Any:
        """Reserve a slot, and return what is shown of the reservation."""
        event_type_id = event_type if isinstance(event_type, int) else event_type["id"]
        body = {"eventTypeId": event_type_id, "slotStart": start, **properties}
        return data(await self.client.post(RESERVATIONS, json=body), 201)

    async def reschedules(self, booking: dict[str, Any] | str, start: str, **properties: Any) -> Any:
        """Move a booking, or a seat of it, and return what is shown of it."""
        body = {"start": start, **properties}
        return data(await self.client.post(f"{_path_of(booking)}/reschedule", json=body), 201)

    async def cancels(
        self, booking: dict[str, Any] | str, reason: str | None = None, **properties: Any
    ) -> Any:
        """Cancel a booking, a seat of it, or the rest of a series, and return what is shown of it."""
        body = properties if reason is None else {"cancellationReason": reason, **properties}
        return data(await self.client.post(f"{_path_of(booking)}/cancel", json=body))

    async def confirms(self, booking: dict[str, Any] | str) -> Any:
        """Confirm a booking, and return what is shown of it."""
        return data(await self.client.post(f"{_path_of(booking)}/confirm"))

    async def declines(self, booking: dict[str, Any] | str, reason: str | None = None) -> Any:
        """Decline a booking, and return what is shown of it."""
        body = {} if reason is None else {"reason": reason}
        return data(await self.client.post(f"{_path_of(booking)}/decline", json=body))


@dataclass(frozen=True, slots=True)
class Guest(Actor):
    """Somebody without a credential."""


@dataclass(frozen=True, slots=True)
class Host(Actor):
    """A user of the server under test."""

    id: int
    email: str
    username: str

    async def creates_event_type(self, slug: str = "intro", **properties: Any) -> dict[str, Any]:
        """Create an event type of an hour without notice, but for what `properties` say."""
        body = {
            "title": slug.capitalize(),
            "slug": slug,
            "lengthInMinutes": 60,
            "minimumBookingNotice": 0,
            **properties,
        }
        created: dict[str, Any] = data(await self.client.post("/v2/event-types", json=body), 201)
        return created

    async def creates_schedule(self, **properties: Any) -> dict[str, Any]:
        """Create a schedule in Rome that is not the default, but for what `properties` say."""
        body = {"name": "Desk", "timeZone": "Europe/Rome", "isDefault": False, **properties}
        created: dict[str, Any] = data(await self.client.post("/v2/schedules", json=body), 201)
        return created


def _path_of(booking: dict[str, Any] | str) -> str:
    return f"{URL}/{booking if isinstance(booking, str) else booking['uid']}"


def data(response: httpx.Response, status: int = 200) -> Any:
    """Return the data of an answer that must have this status."""
    assert response.status_code == status, response.text
    return response.json()["data"]


def refusal(response: httpx.Response, status: int) -> dict[str, Any]:
    """Return the error of an answer that must be refused with this status, in the one envelope."""
    assert response.status_code == status, response.text
    body = response.json()
    assert body["status"] == "error"
    assert set(body) == {"status", "timestamp", "path", "error"}
    error: dict[str, Any] = body["error"]
    return error


def broken_properties(error: dict[str, Any]) -> set[str]:
    """Return the properties that a refusal names."""
    return {record["property"] for record in error["details"]["errors"]}


def booking_of(event_type_id: int, start: str, **properties: Any) -> dict[str, Any]:
    """Return the body of a booking."""
    attendee = {"name": "Bo Guest", "email": "bo@example.com", "timeZone": "Europe/Rome"}
    return {"eventTypeId": event_type_id, "start": start, "attendee": attendee, **properties}


async def make_host(
    client: Client,
    database: Database,
    username: str,
    *,
    time_zone: str,
    is_bare: bool = False,
    is_system_admin: bool = False,
) -> Host:
    """Make an account with an API key."""
    command = CreateUser(
        email=f"{username}@example.com",
        username=username,
        name=username.capitalize(),
        time_zone=time_zone,
        is_bare=is_bare,
        is_system_admin=is_system_admin,
        has_verified_email=True,
    )
    async with database.transaction() as work:
        user = await accounts.create_user(work, command)
        key = await auth.create_api_key(work, user_id=user.id, note=None, expires_at=None, prefix="cal_live_")
    return Host(client_with_key(client, key.api_key), user.id, user.email, user.username)


def client_with_key(client: Client, api_key: str) -> Client:
    """Return a client of the same server that sends a key."""
    own = Client(transport=client._transport, base_url=client.base_url)
    own.api_key = api_key
    return own
