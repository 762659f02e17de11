"""No property of a later version's requests is dropped in silence: it is taken, or refused by its name."""

from typing import Any

import pytest

from tests.contract.inputs import LATER_INPUTS_FILE, bodies, is_taken, later_inputs
from tests.contract.served import served
from tests.support.bookings import TEN, URL
from tests.support.client import Client, Guest, Host, booking_of, data, refusal

REFUSED: dict[str, set[str]] = {
    "POST /v2/bookings": {
        "emailVerificationCode",
        "routing",
        "routing.crmAppSlug",
        "routing.crmOwnerRecordType",
        "routing.queuedResponseId",
        "routing.responseId",
        "routing.skipContactOwner",
        "routing.teamMemberEmail",
        "routing.teamMemberIds",
    },
    **{
        operation: {
            "emailSettings",
            "emailSettings.disableEmailsToAttendees",
            "emailSettings.disableEmailsToHosts",
        }
        for place in ("teams/{}", "organizations/{}/teams/{}")
        for operation in (f"POST /v2/{place}/event-types", f"PATCH /v2/{place}/event-types/{{}}")
    },
    "POST /v2/bookings/{}/reschedule": {"emailVerificationCode"},
}
"""The properties that an operation answers with 400, each tried below, or with the operation's own tests."""


def test_every_property_of_a_served_operation_is_taken_or_refused() -> None:
    taken = bodies(served())
    neither = {
        operation: missing
        for operation, names in later_inputs().items()
        if operation in taken
        and (
            missing := [
                name
                for name in names
                if not is_taken(name, taken[operation]) and name not in REFUSED.get(operation, ())
            ]
        )
    }
    assert neither == {}


def test_what_is_refused_is_not_taken_meanwhile() -> None:
    taken = bodies(served())
    assert {operation: refused for operation, refused in REFUSED.items() if refused & taken[operation]} == {}


def test_operations_are_compared() -> None:
    assert len(later_inputs().keys() & bodies(served()).keys()) >= 30, LATER_INPUTS_FILE


@pytest.mark.parametrize(
    "property_", [{"emailVerificationCode": "1"}, {"routing": {"responseId": 1}}], ids=str
)
async def test_what_a_booking_does_not_take_is_refused_by_its_name(
    ana: Host, client: Client, property_: dict[str, Any]
) -> None:
    event_type = await ana.creates_event_type()
    (name,) = property_
    body = booking_of(event_type["id"], TEN, **property_)
    assert name in refusal(await client.post(URL, json=body), 400)["message"]
    assert data(await ana.client.get(URL)) == []


async def test_what_a_move_does_not_take_is_refused_by_its_name(ana: Host, guest: Guest) -> None:
    booking = await guest.books(await ana.creates_event_type())
    body = {"start": TEN, "emailVerificationCode": "1"}
    answer = await guest.client.post(f"{URL}/{booking['uid']}/reschedule", json=body)
    assert "emailVerificationCode" in refusal(answer, 400)["message"]
