"""The check that every successful answer of the test suite goes through."""

import copy
from typing import Any

import pytest

from tests.support.responses import assert_matches_contract

ME: dict[str, Any] = {
    "status": "success",
    "data": {
        "id": 7,
        "username": "mia",
        "email": "mia@example.com",
        "timeFormat": 12,
        "defaultScheduleId": None,
        "weekStart": "Sunday",
        "timeZone": "Europe/Riga",
        "organizationId": None,
    },
}

BOOKING: dict[str, Any] = {
    "id": 811,
    "uid": "k3PqW7",
    "title": "Intro between Ana Host and Bo Guest",
    "description": None,
    "hosts": [{"id": 7, "name": "Ana", "email": "ana@ex.org", "username": "ana", "timeZone": "Europe/Riga"}],
    "status": "accepted",
    "start": "2030-01-08T13:00:00.000Z",
    "end": "2030-01-08T14:00:00.000Z",
    "duration": 60,
    "eventTypeId": 50,
    "eventType": {"id": 50, "slug": "intro"},
    "attendees": [
        {"name": "Bo", "email": "bo@ex.org", "timeZone": "Europe/Rome", "language": "it", "absent": False}
    ],
    "location": None,
    "meetingUrl": None,
    "absentHost": False,
    "createdAt": "2029-12-01T08:00:00.123Z",
    "updatedAt": None,
    "rating": None,
    "icsUid": "k3PqW7@Kalends",
    "metadata": {"crm": "42"},
    "bookingFieldsResponses": {"name": "Bo", "email": "bo@ex.org"},
}

EVENT_TYPE: dict[str, Any] = {
    "id": 41,
    "ownerId": 7,
    "lengthInMinutes": 45,
    "title": "Intro",
    "slug": "intro",
    "description": "",
    "locations": [{"type": "integration", "integration": "cal-video"}, {"type": "attendeeAddress"}],
    "bookingFields": [
        {"isDefault": True, "type": "name", "slug": "name", "required": True, "disableOnPrefill": False},
        {
            "isDefault": True,
            "type": "textarea",
            "slug": "rescheduleReason",
            "required": False,
            "hidden": False,
            "disableOnPrefill": False,
        },
        {"type": "unknown", "slug": "unknown", "bookingField": "{}"},
    ],
    "recurrence": {"interval": 2, "occurrences": 6, "frequency": "weekly", "disabled": False},
    "disableGuests": False,
    "slotInterval": None,
    "minimumBookingNotice": 120,
    "metadata": {},
    "price": 0,
    "currency": "usd",
    "lockTimeZoneToggleOnBookingPage": False,
    "forwardParamsSuccessRedirect": True,
    "successRedirectUrl": None,
    "isInstantEvent": False,
    "users": [
        {
            "id": 7,
            "name": "Mia",
            "username": "mia",
            "avatarUrl": None,
            "brandColor": None,
            "darkBrandColor": None,
            "weekStart": "Sunday",
            "metadata": {},
        }
    ],
    "scheduleId": None,
    "bookingWindow": {"disabled": True},
    "confirmationPolicy": {"disabled": True},
    "seats": {"disabled": True},
}


def success(data: object) -> dict[str, object]:
    return {"status": "success", "data": data}


def changed(body: dict[str, Any], **changes: object) -> dict[str, Any]:
    copied = copy.deepcopy(body)
    copied["data"].update(changes)
    return copied


def refusal(method: str, path: str, status: int, body: object) -> str:
    with pytest.raises(AssertionError) as refused:
        assert_matches_contract(method, path, status, body)
    return str(refused.value)


@pytest.mark.parametrize(
    "path", ["/v2/me", "/v2/me/", "/api/v2/me", "/v2/ee/me", "/V2/Me", "/v2/me?expand=everything"]
)
def test_a_good_answer_passes_under_every_spelling_of_its_path(path: str) -> None:
    assert_matches_contract("GET", path, 200, ME)


def test_the_message_names_operation_place_and_problem() -> None:
    message = refusal("get", "/api/v2/me", 200, changed(ME, id="7"))
    assert message.startswith("GET /v2/me answers 200")
    assert "data.id: '7' is not of type 'number'" in message


def test_a_required_property_must_be_there() -> None:
    body = copy.deepcopy(ME)
    del body["data"]["username"]
    assert "data: 'username' is a required property" in refusal("GET", "/v2/me", 200, body)


def test_a_property_that_the_contract_does_not_list_is_refused() -> None:
    assert "'tea' was unexpected" in refusal("GET", "/v2/me", 200, changed(ME, tea="green"))


def test_null_is_refused_where_the_contract_excludes_it() -> None:
    assert "data.username: None is not of type 'string'" in refusal(
        "GET", "/v2/me", 200, changed(ME, username=None)
    )


def test_another_success_status_is_refused() -> None:
    assert "POST /v2/bookings answers 200, the contract says 201" in refusal(
        "POST", "/v2/bookings", 200, success(BOOKING)
    )


def test_failures_are_let_pass() -> None:
    assert_matches_contract("GET", "/v2/me", 401, {"status": "error"})


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/health"), ("PUT", "/v2/me"), ("GET", "/v2/timezones")]
)
def test_operations_that_are_not_in_the_contract_are_let_pass(method: str, path: str) -> None:
    assert_matches_contract(method, path, 200, "anything")


def test_a_literal_segment_goes_before_a_parameter() -> None:
    assert_matches_contract("GET", "/v2/schedules/default", 200, success(None))


def test_a_booking_passes_as_the_notes_describe_it() -> None:
    assert_matches_contract("POST", "/v2/bookings", 201, success(BOOKING))
    assert_matches_contract("GET", "/v2/bookings", 200, success([BOOKING]))


def test_the_closest_of_several_shapes_is_the_one_that_is_explained() -> None:
    broken = {key: value for key, value in BOOKING.items() if key != "absentHost"}
    message = refusal("GET", "/v2/bookings/k3PqW7", 200, success(broken))
    assert message.splitlines()[1:] == ["  data: 'absentHost' is a required property"]


def test_an_event_type_passes_as_the_notes_describe_it() -> None:
    assert_matches_contract("GET", "/v2/event-types/41", 200, success(EVENT_TYPE))


def test_what_never_is_on_the_wire_is_refused_although_the_document_lists_it() -> None:
    body = success({**EVENT_TYPE, "seatsPerTimeSlot": None})
    assert "'seatsPerTimeSlot' was unexpected" in refusal("GET", "/v2/event-types/41", 200, body)


@pytest.mark.parametrize(
    "slot",
    [
        {"start": "2050-09-05T09:00:00.000+02:00"},
        {"start": "2050-09-05T07:00:00.000Z", "end": "2050-09-05T07:30:00.000Z"},
        {"start": "2050-09-05T07:00:00.000Z", "seatsBooked": 0, "seatsRemaining": 3, "seatsTotal": 3},
    ],
)
def test_slots_pass_in_each_of_their_shapes(slot: dict[str, object]) -> None:
    assert_matches_contract("GET", "/v2/slots?eventTypeId=1", 200, success({"2050-09-05": [slot]}))


def test_slots_outside_of_the_envelope_are_refused() -> None:
    assert "'status' is a required property" in refusal("GET", "/v2/slots", 200, {"2050-09-05": []})


def test_a_time_of_day_is_checked_by_its_pattern() -> None:
    schedule = {
        "id": 71,
        "ownerId": 12,
        "name": "Studio hours",
        "timeZone": "Europe/Lisbon",
        "availability": [{"days": ["Monday", "Thursday"], "startTime": "8:30", "endTime": "12:00"}],
        "isDefault": False,
        "overrides": [],
    }
    message = refusal("POST", "/v2/schedules", 201, success(schedule))
    assert "data.availability[0].startTime: '8:30' does not match" in message
