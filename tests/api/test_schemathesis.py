"""The server against its own document: whatever the document allows, and what it does not, is answered as
it says, and never with a server error."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import psycopg
import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import settings as tries
from pydantic import SecretStr
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks
from starlette.types import ASGIApp

from kalends.api.http import credentials
from kalends.app import Api, create_app
from kalends.db.database import Database
from kalends.memberships.membership import Role
from kalends.runtime import make_runtime
from kalends.settings import Settings
from tests.conftest import Clock
from tests.support.client import VERSIONS, Client, Host, booking_of, data
from tests.support.organizations import People

# Psycopg's pool draws from `random` when it opens connections, in the server's thread, whenever that is.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning"
)

KEY = "cal_0123456789abcdef0123456789abcdef"
BOOKING = "1f6c5d0e7b3a4c2f9d8e"
RESERVATION = "3b0c7b9e-5d4b-4a57-9f0e-2b6a1f3c9a11"
CREDENTIAL = "8f1f4f0a-1b7c-4b8e-9a51-6f2f0c4d7e22"
WEBHOOK = "0d6b7a52-6f0e-4d4f-8c47-5b1a2c3d4e33"
TRIGGERS = ["BOOKING_CREATED", "OOO_CREATED"]

# Values for parameters and properties that chance would never guess; the first of each exists or is right.
VALUES: dict[str, list[object]] = {
    "at": ["2050-09-05T09:00:00Z", "2050-09-05"],
    "bookingUid": [BOOKING, "unknown"],
    "credentialId": [CREDENTIAL, "unknown"],
    "date": ["2050-09-05", "2050-02-30"],
    "defaultScheduleId": [1, 999],
    "end": ["2050-09-06", "2050-09-06T09:00:00Z", "2050-09-30T12:00:00+02:00", "yesterday"],
    "eventTypeId": [5, 999],
    "eventTypeSlug": ["intro", "unknown"],
    "membershipId": [2, 3, 4, 1, 999],
    "oooId": [1, 999],
    "orgId": [1, 2, 999],
    "scheduleId": [1, 2, 999],
    "slotStart": ["2050-09-05T08:00:00Z", "2050-09-05T03:00:00Z"],
    "start": ["2050-09-05", "2050-09-05T09:00:00Z", "2050-09-05T12:00:00Z", "9999-12-31"],
    "subscriberUrl": ["https://r.example.org/a", "nowhere"],
    "teamId": [2, 3, 1, 999],
    "teamIds": ["2", "2,3", "x"],
    "timeZone": ["Europe/Rome", "Moon/Base"],
    "uid": [RESERVATION, "unknown"],
    "toUserId": [3, 2, 999],
    "userId": [2, 3, 1, 999],
    "username": ["ana", "unknown"],
    "webhookId": [WEBHOOK, "unknown"],
}

ORGANIZATION = "/v2/organizations/{orgId}"

# A body for each path that does what the operation is for.
BODIES: dict[str, dict[str, object]] = {
    "/v2/bookings": booking_of(5, "2050-09-05T09:00:00Z"),
    "/v2/bookings/{bookingUid}/cancel": {"cancellationReason": "ill"},
    "/v2/bookings/{bookingUid}/reschedule": {"start": "2050-09-05T13:00:00Z"},
    "/v2/event-types": {"title": "Long", "slug": "long", "lengthInMinutes": 120},
    "/v2/me": {"timeZone": "Asia/Tokyo", "metadata": {"a": 1}},
    f"{ORGANIZATION}/delegation-credentials": {
        "workspacePlatformSlug": "google",
        "domain": "acme.org",
        "serviceAccountKey": {"private_key": "k", "client_email": "e", "client_id": "i"},
    },
    f"{ORGANIZATION}/delegation-credentials/{{credentialId}}": {"enabled": False},
    f"{ORGANIZATION}/memberships": {"userId": 2, "role": "ADMIN", "accepted": True},
    f"{ORGANIZATION}/memberships/{{membershipId}}": {"role": "ADMIN"},
    f"{ORGANIZATION}/teams": {"name": "Sales", "metadata": {"a": 1}},
    f"{ORGANIZATION}/teams/{{teamId}}": {"bio": "We sell"},
    f"{ORGANIZATION}/teams/{{teamId}}/memberships": {"userId": 3, "accepted": True},
    f"{ORGANIZATION}/teams/{{teamId}}/memberships/{{membershipId}}": {"role": "ADMIN"},
    f"{ORGANIZATION}/users": {"email": "eve@acme.org", "timeZone": "Europe/Rome"},
    f"{ORGANIZATION}/users/{{userId}}": {"bio": "Likes tea"},
    f"{ORGANIZATION}/users/{{userId}}/ooo": {
        "start": "2050-09-05T09:00:00Z",
        "end": "2050-09-06T09:00:00Z",
        "toUserId": 3,
    },
    f"{ORGANIZATION}/users/{{userId}}/ooo/{{oooId}}": {"reason": "sick", "toUserId": None},
    f"{ORGANIZATION}/users/{{userId}}/schedules": {
        "name": "Desk",
        "timeZone": "Europe/Rome",
        "isDefault": True,
    },
    f"{ORGANIZATION}/users/{{userId}}/schedules/{{scheduleId}}": {"name": "Lab"},
    f"{ORGANIZATION}/webhooks": {
        "active": True,
        "subscriberUrl": "https://r.example.org/b",
        "triggers": TRIGGERS,
    },
    f"{ORGANIZATION}/webhooks/{{webhookId}}": {"active": False},
    "/v2/schedules": {"name": "Desk", "timeZone": "Europe/Rome", "isDefault": True},
    "/v2/slots/reservations": {"eventTypeId": 5, "slotStart": "2050-09-05T10:00:00Z"},
    "/v2/slots/reservations/{uid}": {"eventTypeId": 5, "slotStart": "2050-09-05T11:00:00Z"},
    "/v2/teams": {"name": "Lab Two"},
    "/v2/teams/{teamId}": {"timeFormat": 24},
    "/v2/teams/{teamId}/memberships": {"userId": 3},
    "/v2/teams/{teamId}/memberships/{membershipId}": {"role": "ADMIN"},
}

# Ways to address slots that exclude `eventTypeId`: with all of them, chance would never address any.
OTHER_ADDRESSES = {"eventTypeSlug", "organizationSlug", "teamSlug", "username", "usernames"}


def document() -> dict[str, Any]:
    """Return the document of the server with `VALUES` and `BODIES`, and without the headers that every
    request is sent with."""
    described = Api(
        make_runtime(Settings(database_url=SecretStr("postgresql://nowhere.invalid/kalends")))
    ).openapi()
    for path, operations in described["paths"].items():
        for operation in operations.values():
            parameters = [one for one in operation.get("parameters", ()) if one["in"] != "header"]
            operation["parameters"] = parameters
            if path.startswith("/v2/slots"):
                parameters[:] = [one for one in parameters if one["name"] not in OTHER_ADDRESSES]
            for parameter in parameters:
                parameter["schema"] = guided(parameter["name"], parameter["schema"])
            if path in BODIES and "requestBody" in operation:
                operation["requestBody"]["content"]["application/json"]["example"] = BODIES[path]
    for name, schema in described["components"]["schemas"].items():
        if name.endswith(("Body", "Input")):
            properties = schema["properties"]
            schema["properties"] = {name: guided(name, found) for name, found in properties.items()}
    return described


def guided(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"enum": VALUES[name], "example": VALUES[name][0]} if name in VALUES else schema


CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]

# What a test may do does not depend on chance, on earlier runs, or on the machine's speed.
DETERMINISTIC: dict[str, Any] = {
    "derandomize": True,
    "database": None,
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
}

Case: TypeAlias = schemathesis.Case[Any]

schema = schemathesis.openapi.from_dict(document())


@pytest.fixture
def server(settings: Settings, clock: Clock) -> ASGIApp:
    """Return a server for the event loop of Schemathesis, which starts and ends it with each test."""
    return create_app(make_runtime(settings, clock=clock))


@pytest.fixture
async def known(ana: Host, client: Client, database: Database, people: People) -> None:
    """Make everything that `VALUES` names.

    Ana, 1, is the OWNER of the organization 1, whose members are 2 and 3, and of the team 3, which is in
    none; the team 2 is of the organization and has the member 2.
    """
    event_type = await ana.creates_event_type()
    slot = {"eventTypeId": event_type["id"], "slotStart": "2050-09-05T08:00:00Z"}
    data(await client.post("/v2/slots/reservations", json=slot), 201)
    body = booking_of(event_type["id"], "2050-09-05T12:00:00Z")
    data(await client.post("/v2/bookings", json=body), 201)
    acme = await people.organization("acme", ana)
    bo, _ = await people.member("bo", acme), await people.member("cy", acme)
    crew, lab = await people.team("crew", organization=acme), await people.team("lab")
    await people.joins(bo, crew)
    await people.joins(ana, lab, Role.OWNER)
    place = ORGANIZATION.format(orgId=acme)
    away = {"start": "2051-09-05T00:00:00Z", "end": "2051-09-06T00:00:00Z"}
    data(await ana.client.post(f"{place}/users/{bo.id}/ooo", json=away), 201)
    webhook = {"active": True, "subscriberUrl": "https://r.example.org/a", "triggers": TRIGGERS}
    data(await ana.client.post(f"{place}/webhooks", json=webhook), 201)
    credential = {
        "workspacePlatformSlug": "google",
        "domain": "known.example.org",
        "serviceAccountKey": {"private_key": "k", "client_email": "e", "client_id": "i"},
    }
    data(await ana.client.post(f"{place}/delegation-credentials", json=credential), 201)
    await bo.creates_schedule()
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET organization_id = %s WHERE id = %s", (acme, bo.id))
        await connection.execute("UPDATE webhooks SET id = %s", (WEBHOOK,))
        await connection.execute("UPDATE delegation_credentials SET id = %s", (CREDENTIAL,))
        await connection.execute("UPDATE slot_reservations SET uid = %s", (RESERVATION,))
        await connection.execute("UPDATE bookings SET uid = %s", (BOOKING,))


@pytest.fixture
def keys(known: None, database_url: str) -> Iterator[psycopg.Connection]:
    """Return a connection for giving ana her key back, which a request may have replaced."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def check(case: Case, server: ASGIApp, keys: psycopg.Connection) -> None:
    """Send a request with a good key and the version of its path, and check the answer."""
    keys.execute(
        "INSERT INTO api_keys (user_id, hashed_key) VALUES (1, %s) ON CONFLICT DO NOTHING",
        (credentials.digest(KEY),),
    )
    version = next((date for prefix, date in VERSIONS.items() if case.path.startswith(prefix)), "2024-08-13")
    headers = {"Authorization": f"Bearer {KEY}", "cal-api-version": version}
    case.call_and_validate(app=server, headers=headers, checks=CHECKS)


@schema.parametrize()
@tries(max_examples=25, **DETERMINISTIC)
def test_answers_are_as_the_document_says(case: Case, server: ASGIApp, keys: psycopg.Connection) -> None:
    check(case, server, keys)


@pytest.mark.full
@schema.parametrize()
@tries(max_examples=300, **DETERMINISTIC)
def test_answers_are_as_the_document_says_for_many_more_requests(
    case: Case, server: ASGIApp, keys: psycopg.Connection
) -> None:
    check(case, server, keys)
