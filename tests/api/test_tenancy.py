"""Nobody reaches what is not theirs: every operation, without a credential and with a stranger's."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from kalends.api.http.dispatcher import Dispatcher
from kalends.api.http.fastapi_internals import Dependant
from kalends.api.http.operation import Operation
from kalends.memberships.membership import Role
from tests.access.declarations import declaration_of
from tests.support.client import Client, Host, booking_of, data, refusal
from tests.support.organizations import People

# Whoever knows the uid of a booking or reservation may do these; lists and time zones are for everybody.
PUBLIC = {
    ("GET", "/v2/event-types"),
    ("GET", "/v2/slots"),
    ("GET", "/v2/slots/explain"),
    ("GET", "/v2/timezones"),
    ("GET", "/v2/teams/{teamId}/event-types"),
    ("GET", "/v2/organizations/{orgId}/teams/{teamId}/event-types"),
    ("POST", "/v2/bookings"),
    ("GET", "/v2/bookings/{bookingUid}"),
    ("POST", "/v2/bookings/{bookingUid}/cancel"),
    ("POST", "/v2/bookings/{bookingUid}/reschedule"),
    ("POST", "/v2/slots/reservations"),
    ("GET", "/v2/slots/reservations/{uid}"),
    ("PATCH", "/v2/slots/reservations/{uid}"),
    ("DELETE", "/v2/slots/reservations/{uid}"),
    ("GET", "/v2/provider/{clientId}"),
    ("POST", "/v2/oauth/{clientId}/exchange"),
}

OF_CLIENTS = ("/v2/oauth/", "/v2/platform/")
"""Only OAuth clients themselves are admitted; others are told that their credential is none for it."""

OF_NOBODY = ("/v2/provider/{clientId}/access-token",)
"""Tells whether a credential is good, and nothing of what the path names."""


def operations(api: FastAPI) -> Iterator[tuple[str, Operation]]:
    """Return the operations below `/v2`, each with its method."""
    assert isinstance(api.router, Dispatcher)
    for operation in api.router.operations:
        if operation.path.startswith("/v2") and operation.show_failure is None:
            yield operation.method, operation


def needs_a_caller(dependant: Dependant) -> bool:
    """Tell whether an operation asks for a credential."""
    return not {"Auth", "Session"}.isdisjoint(declaration_of(dependant).steps)


@pytest.fixture
async def ids(ana: Host, client: Client, people: People) -> dict[str, Any]:
    """Return what belongs to ana, by the names of path parameters."""
    organization_id = await people.organization("acme", ana)
    team_id = await people.team("crew", organization=organization_id)
    event_type = await ana.creates_event_type()
    schedule = await ana.creates_schedule()
    body = booking_of(event_type["id"], "2050-09-05T10:00:00Z")
    booking = data(await client.post("/v2/bookings", json=body), 201)
    hook = {"active": True, "subscriberUrl": "https://r.example.org/a", "triggers": []}
    webhook = data(await ana.client.post("/v2/webhooks", json=hook), 201)
    return {
        "orgId": organization_id,
        "teamId": team_id,
        "membershipId": await people.joins(ana, team_id, Role.OWNER),
        "credentialId": "00000000-0000-4000-8000-000000000000",
        "oooId": 1,
        "clientId": "cnobody",
        "managedOrganizationId": organization_id,
        "userId": ana.id,
        "eventTypeId": event_type["id"],
        "scheduleId": schedule["id"],
        "bookingUid": booking["uid"],
        "webhookId": webhook["id"],
        "deliveryId": "00000000-0000-4000-8000-000000000000",
    }


def test_only_the_listed_operations_are_public(api: FastAPI) -> None:
    found = {(method, route.path) for method, route in operations(api) if not needs_a_caller(route.dependant)}
    assert found == PUBLIC


async def test_without_a_credential_every_other_operation_is_401(
    api: FastAPI, client: Client, ids: dict[str, Any]
) -> None:
    for method, route in operations(api):
        if (method, route.path) not in PUBLIC:
            response = await client.request(method, route.path.format(**ids), json={})
            refusal(response, 401)


async def test_a_stranger_is_refused_whatever_names_something_of_somebody_else(
    api: FastAPI, ana: Host, ben: Host, ids: dict[str, Any]
) -> None:
    for method, route in operations(api):
        if "{" in route.path and (method, route.path) not in PUBLIC and route.path not in OF_NOBODY:
            response = await ben.client.request(method, route.path.format(**ids), json={})
            refused = (401,) if route.path.startswith(OF_CLIENTS) else (403, 404)
            assert response.status_code in refused, (method, route.path, response.text)
    assert len(data(await ana.client.get("/v2/schedules"))) == 2
    assert len(data(await ana.client.get("/v2/bookings"))) == 1
    data(await ana.client.get(f"/v2/event-types/{ids['eventTypeId']}"))


async def test_a_stranger_sees_nothing_of_somebody_else_in_lists(
    api: FastAPI, ben: Host, ids: dict[str, Any]
) -> None:
    assert data(await ben.client.get("/v2/bookings")) == []
    mine = {schedule["ownerId"] for schedule in data(await ben.client.get("/v2/schedules"))}
    assert mine == {ben.id}
