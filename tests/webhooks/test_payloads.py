"""What webhooks tell of each transition, field by field (webhooks.md 4.1 and 9, checks 24 to 35).

`test_every_kind_of_fact_has_its_row` names the rows of the table; each has a test here.
"""

from datetime import timedelta
from typing import Any

from kalends.bookings.facts.fact import FactKind
from kalends.webhooks.triggers import OF_BOOKINGS
from tests.conftest import Clock
from tests.support.bookings import CONFIRMED, ELEVEN, SEATS, TEN, TWELVE, URL, WEEKLY, attendee
from tests.support.client import Client, Guest, Host, data
from tests.support.receiver import Receiver
from tests.webhooks.conftest import Post, subscribe

ALL = sorted({row.trigger for row in OF_BOOKINGS.values() if row is not None})

ANA = {
    "id": 1,
    "name": "Ana",
    "email": "ana@example.com",
    "username": "ana",
    "timeZone": "Europe/Rome",
    "language": {"locale": "en"},
    "timeFormat": "h:mma",
    "utcOffset": 120,
}
BO = {
    "name": "Bo Guest",
    "email": "bo@example.com",
    "timeZone": "Europe/Rome",
    "language": {"locale": "en"},
    "utcOffset": 120,
}
GUEST = {**BO, "name": "", "email": "g@example.com"}
NAMES = {"firstName": "", "lastName": ""}


def test_every_kind_of_fact_has_its_row() -> None:
    assert {kind.name: row and row.trigger for kind, row in OF_BOOKINGS.items()} == {
        "CREATED": "BOOKING_CREATED",
        "REQUESTED": "BOOKING_REQUESTED",
        "CONFIRMED": "BOOKING_CREATED",
        "REJECTED": "BOOKING_REJECTED",
        "RESCHEDULED": "BOOKING_RESCHEDULED",
        "CANCELLED": "BOOKING_CANCELLED",
        "SEAT_BOOKED": "BOOKING_CREATED",
        "SEAT_CANCELLED": "BOOKING_CANCELLED",
        "SEAT_RESCHEDULED": "BOOKING_RESCHEDULED",
        "ABSENCE_UPDATED": "BOOKING_NO_SHOW_UPDATED",
        "MEETING_STARTED": "MEETING_STARTED",
        "MEETING_ENDED": "MEETING_ENDED",
        "REMINDER_DUE": None,
        "APPROVAL_REMINDER_DUE": None,
    }
    assert set(OF_BOOKINGS) == set(FactKind)


async def told(post: Post, receiver: Receiver) -> list[Any]:
    """Return trigger and payload of all that arrives now."""
    receiver.requests.clear()
    await post.delivers()
    return [(body["triggerEvent"], body.get("payload", body)) for body in receiver.bodies]


async def test_titles_are_those_that_the_host_reads(
    ana: Host, guest: Guest, receiver: Receiver, post: Post
) -> None:
    data(await ana.client.patch("/v2/me", json={"locale": "de"}))
    await subscribe(ana, receiver, *ALL)
    named = await ana.creates_event_type("named", customName="{HOST/ATTENDEE}, {Event duration}")
    await guest.books(named)
    shared = await ana.creates_event_type("class", seats=SEATS)
    bo = await guest.books(shared, TWELVE)
    await guest.books(shared, TWELVE, attendee=attendee("cy"))
    await guest.cancels(bo, seatUid=bo["seatUid"])
    assert [payload["title"] for _, payload in await told(post, receiver)] == [
        "Bo Guest, 60 Min.",
        "Class mit Ana und Bo Guest",
        "Class mit Ana und Bo Guest",
        "Class mit Ana und Cy",
    ]


async def test_a_created_booking(ana: Host, guest: Guest, receiver: Receiver, post: Post) -> None:
    await subscribe(ana, receiver, *ALL)
    fields = [{"type": "text", "slug": "drink", "label": "What to drink?", "required": False}]
    intro = await ana.creates_event_type(description="Hello", bookingFields=fields)
    answers = {"notes": "Bring cake", "drink": "tea"}
    booking = await guest.books(
        intro,
        guests=["g@example.com"],
        metadata={"crm": "x-1"},
        bookingFieldsResponses=answers,
    )
    [(trigger, payload)] = await told(post, receiver)
    assert trigger == "BOOKING_CREATED"
    responses = payload.pop("responses")
    assert payload.pop("conferenceData")["createRequest"]["requestId"]
    assert payload == {
        "bookerUrl": "http://localhost:5555",
        "title": "Intro between Ana and Bo Guest",
        "startTime": "2050-09-05T10:00:00Z",
        "endTime": "2050-09-05T11:00:00Z",
        "additionalNotes": "Bring cake",
        "type": "intro",
        "description": "Hello",
        "eventTypeId": intro["id"],
        "hideCalendarNotes": False,
        "hideCalendarEventDetails": False,
        "hideOrganizerEmail": False,
        "schedulingType": None,
        "seatsPerTimeSlot": None,
        "seatsShowAttendees": True,
        "seatsShowAvailabilityCount": True,
        "customReplyToEmail": None,
        "eventTitle": "Intro",
        "eventDescription": "Hello",
        "price": 0,
        "currency": "usd",
        "organizer": ANA,
        "attendees": [{**BO, **NAMES}, {**GUEST, **NAMES}],
        "customInputs": {},
        "userFieldsResponses": {
            "drink": {"label": "What to drink?", "value": "tea", "isHidden": False},
        },
        "location": "integrations:daily",
        "destinationCalendar": None,
        "iCalUID": booking["icsUid"],
        "iCalSequence": 0,
        "requiresConfirmation": False,
        "oneTimePassword": None,
        "uid": booking["uid"],
        "length": 60,
        "bookingId": booking["id"],
        "metadata": {"crm": "x-1"},
        "status": "ACCEPTED",
    }
    assert responses["name"] == {"label": "your_name", "value": "Bo Guest", "isHidden": False}
    assert responses["email"] == {"label": "email_address", "value": "bo@example.com", "isHidden": False}
    assert responses["notes"] == {"label": "additional_notes", "value": "Bring cake", "isHidden": False}
    assert responses["guests"]["value"] == ["g@example.com"]
    assert responses["location"]["value"] == {"value": "integrations:daily", "optionValue": ""}
    assert responses["title"] == {"label": "what_is_this_meeting_about", "isHidden": True}
    assert responses["rescheduleReason"] == {"label": "reason_for_reschedule", "isHidden": False}
    assert responses["drink"]["value"] == "tea"


async def test_a_request_and_its_confirmation(
    ana: Host, guest: Guest, receiver: Receiver, post: Post
) -> None:
    await subscribe(ana, receiver, *ALL)
    ask = await ana.creates_event_type("ask", confirmationPolicy=CONFIRMED)
    booking = await guest.books(ask, metadata={"crm": "x-1"})
    [(trigger, payload)] = await told(post, receiver)
    assert trigger == "BOOKING_REQUESTED"
    assert payload["status"] == "PENDING"
    assert payload["requiresConfirmation"] is True
    assert payload["oneTimePassword"] is None
    assert payload["startTime"] == "2050-09-05T10:00:00Z"
    assert "conferenceData" not in payload
    await ana.confirms(booking)
    [(trigger, payload)] = await told(post, receiver)
    assert trigger == "BOOKING_CREATED"
    assert payload.pop("conferenceData")["createRequest"]["requestId"]
    assert payload == {
        "bookerUrl": "http://localhost:5555",
        "title": "Ask between Ana and Bo Guest",
        "type": "ask",
        "organizer": ANA,
        "startTime": "2050-09-05T10:00:00.000Z",
        "endTime": "2050-09-05T11:00:00.000Z",
        "attendees": [{**BO, "phoneNumber": None}],
        "customInputs": {},
        "responses": {
            "name": {"label": "name", "value": "Bo Guest"},
            "email": {"label": "email", "value": "bo@example.com"},
        },
        "userFieldsResponses": {},
        "location": "integrations:daily",
        "destinationCalendar": [],
        "customReplyToEmail": None,
        "hideOrganizerEmail": False,
        "eventTypeId": ask["id"],
        "requiresConfirmation": True,
        "eventTitle": "Ask",
        "eventDescription": None,
        "currency": "usd",
        "price": 0,
        "iCalUID": booking["icsUid"],
        "uid": booking["uid"],
        "bookingId": booking["id"],
        "length": 60,
        "metadata": {"crm": "x-1"},
        "status": "ACCEPTED",
    }


async def test_a_declined_request(ana: Host, guest: Guest, receiver: Receiver, post: Post) -> None:
    await subscribe(ana, receiver, "BOOKING_REJECTED")
    ask = await ana.creates_event_type("ask", confirmationPolicy=CONFIRMED)
    booking = await guest.books(ask)
    await ana.declines(booking, "too early")
    [(trigger, payload)] = await told(post, receiver)
    assert trigger == "BOOKING_REJECTED"
    assert (payload["status"], payload["rejectionReason"]) == ("REJECTED", "too early")
    assert payload["startTime"] == "2050-09-05T10:00:00.000Z"


async def test_a_request_that_nobody_answered(
    ana: Host, guest: Guest, client: Client, receiver: Receiver, post: Post, clock: Clock
) -> None:
    await subscribe(ana, receiver, "BOOKING_REJECTED")
    ask = await ana.creates_event_type("ask", confirmationPolicy=CONFIRMED)
    booking = await guest.books(ask)
    clock.advance(timedelta(days=5))
    [(trigger, payload)] = await told(post, receiver)
    assert (trigger, payload["uid"]) == ("BOOKING_REJECTED", booking["uid"])
    assert data(await client.get(f"{URL}/{booking['uid']}"))["status"] == "rejected"


async def test_a_rescheduled_booking(ana: Host, guest: Guest, receiver: Receiver, post: Post) -> None:
    await subscribe(ana, receiver, *ALL)
    intro = await ana.creates_event_type()
    first = await guest.books(intro)
    await post.delivers()
    moved = await ana.reschedules(first, TWELVE, reschedulingReason="late")
    [(trigger, payload)] = await told(post, receiver)
    assert trigger == "BOOKING_RESCHEDULED"
    assert payload["rescheduleId"] == first["id"]
    assert payload["rescheduleUid"] == first["uid"]
    assert payload["rescheduleStartTime"] == "2050-09-05T10:00:00Z"
    assert payload["rescheduleEndTime"] == "2050-09-05T11:00:00Z"
    assert payload["rescheduledBy"] == ana.email
    assert payload["uid"] == moved["uid"]
    assert payload["startTime"] == "2050-09-05T12:00:00Z"
    assert payload["iCalSequence"] == 1
    assert payload["responses"]["rescheduleReason"]["value"] == "late"


async def test_a_reschedule_that_waits_for_the_host(
    ana: Host, guest: Guest, receiver: Receiver, post: Post
) -> None:
    await subscribe(ana, receiver, *ALL)
    ask = await ana.creates_event_type("ask", confirmationPolicy=CONFIRMED)
    first = await guest.books(ask)
    await ana.confirms(first)
    await post.delivers()
    moved = await guest.reschedules(first, TWELVE)
    [(trigger, payload)] = await told(post, receiver)
    assert (trigger, payload["rescheduleUid"]) == ("BOOKING_REQUESTED", first["uid"])
    await ana.confirms(moved)
    [(trigger, payload)] = await told(post, receiver)
    assert (trigger, payload["uid"]) == ("BOOKING_CREATED", moved["uid"])
    assert "rescheduleStartTime" not in payload


async def test_a_cancelled_booking(
    ana: Host, guest: Guest, client: Client, receiver: Receiver, post: Post
) -> None:
    await subscribe(ana, receiver, "BOOKING_CANCELLED")
    intro = await ana.creates_event_type(description="Hello")
    booking = await guest.books(
        intro, guests=["g@example.com"], bookingFieldsResponses={"notes": "Bring cake"}
    )
    await ana.cancels(booking, "ill")
    [(trigger, payload)] = await told(post, receiver)
    assert trigger == "BOOKING_CANCELLED"
    assert data(await client.get(f"{URL}/{booking['uid']}"))["status"] == "cancelled"
    assert payload.pop("responses")["notes"] == {"label": "notes", "value": "Bring cake"}
    assert payload == {
        "bookerUrl": "http://localhost:5555",
        "title": "Intro between Ana and Bo Guest",
        "type": "intro",
        "description": "Bring cake",
        "organizer": ANA,
        "startTime": "2050-09-05T10:00:00+00:00",
        "endTime": "2050-09-05T11:00:00+00:00",
        "attendees": [{**BO, "phoneNumber": None}, {**GUEST, "phoneNumber": None}],
        "customInputs": {},
        "userFieldsResponses": {},
        "location": "integrations:daily",
        "seatsPerTimeSlot": None,
        "seatsShowAttendees": None,
        "destinationCalendar": [],
        "customReplyToEmail": None,
        "hideOrganizerEmail": False,
        "eventTypeId": intro["id"],
        "requiresConfirmation": None,
        "eventTitle": "Intro",
        "eventDescription": "Hello",
        "currency": "usd",
        "price": None,
        "iCalUID": booking["icsUid"],
        "iCalSequence": 1,
        "uid": booking["uid"],
        "bookingId": booking["id"],
        "length": 60,
        "metadata": {},
        "status": "CANCELLED",
        "cancellationReason": "ill",
        "cancelledBy": ana.email,
    }


async def test_a_booking_of_a_deleted_event_type_can_still_be_told_of(
    ana: Host, guest: Guest, receiver: Receiver, post: Post
) -> None:
    await subscribe(ana, receiver, "BOOKING_CANCELLED")
    intro = await ana.creates_event_type()
    booking = await guest.books(intro)
    assert (await ana.client.delete(f"/v2/event-types/{intro['id']}")).status_code == 200
    await guest.cancels(booking)
    [(_, payload)] = await told(post, receiver)
    assert payload["eventTypeId"] is None
    assert payload["eventTitle"] is None
    assert "cancellationReason" not in payload


async def test_a_series_is_told_of_for_each_occurrence_and_its_end_once(
    ana: Host, guest: Guest, receiver: Receiver, post: Post
) -> None:
    await subscribe(ana, receiver, *ALL)
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY)
    series = await guest.books(weekly)
    made = await told(post, receiver)
    assert [trigger for trigger, _ in made] == ["BOOKING_CREATED"] * 4
    assert {payload["uid"] for _, payload in made} == {one["uid"] for one in series}
    assert made[0][1]["recurringEvent"] == {"freq": 2, "interval": 1, "count": 4}
    await ana.cancels(series[1], "ill", cancelSubsequentBookings=True)
    [(trigger, payload)] = await told(post, receiver)
    assert (trigger, payload["uid"]) == ("BOOKING_CANCELLED", series[1]["uid"])
    assert payload["recurringEvent"]["count"] == 4


async def test_a_series_is_confirmed_and_declined_once(
    ana: Host, guest: Guest, receiver: Receiver, post: Post
) -> None:
    await subscribe(ana, receiver, *ALL)
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY, confirmationPolicy=CONFIRMED)
    series = await guest.books(weekly)
    assert [trigger for trigger, _ in await told(post, receiver)] == ["BOOKING_REQUESTED"] * 4
    await ana.confirms(series[0])
    [(trigger, payload)] = await told(post, receiver)
    assert (trigger, payload["recurringEvent"]["count"]) == ("BOOKING_CREATED", 4)


async def test_seats_taken_moved_and_given_up(
    ana: Host, guest: Guest, receiver: Receiver, post: Post
) -> None:
    await subscribe(ana, receiver, *ALL)
    lesson = await ana.creates_event_type("class", seats=SEATS)
    first = await guest.books(lesson)
    [(trigger, payload)] = await told(post, receiver)
    assert (trigger, payload["attendeeSeatId"]) == ("BOOKING_CREATED", first["seatUid"])
    assert (payload["seatsPerTimeSlot"], payload["seatsShowAttendees"]) == (2, True)

    second = await guest.books(lesson, attendee=attendee("cy"), metadata={"crm": "x-2"})
    [(trigger, payload)] = await told(post, receiver)
    assert (trigger, payload["uid"]) == ("BOOKING_CREATED", first["uid"])
    assert payload["attendeeSeatId"] == second["seatUid"]
    assert [one["email"] for one in payload["attendees"]] == ["cy@example.com"]
    assert payload["responses"]["email"]["value"] == "cy@example.com"
    assert payload["metadata"] == {"crm": "x-2"}

    moved = await guest.reschedules(first, TWELVE, seatUid=second["seatUid"])
    [(trigger, payload)] = await told(post, receiver)
    assert (trigger, payload["uid"]) == ("BOOKING_RESCHEDULED", moved["uid"])
    assert payload["rescheduleUid"] == first["uid"]
    assert payload["rescheduleStartTime"] == "2050-09-05T10:00:00Z"
    assert payload["attendees"][0]["email"] == "cy@example.com"
    assert "rescheduleId" not in payload

    third = await guest.books(lesson, TWELVE, attendee=attendee("di"))
    await guest.cancels(moved, seatUid=third["seatUid"])
    [_, (trigger, payload)] = await told(post, receiver)
    assert (trigger, payload["status"]) == ("BOOKING_CANCELLED", "CANCELLED")
    [gone] = payload["attendees"]
    assert gone.pop("id") > 0
    assert gone == {
        "email": "di@example.com",
        "name": "Di",
        "timeZone": "Europe/Rome",
        "phoneNumber": None,
        "locale": "en",
        "bookingId": moved["id"],
        "noShow": False,
        "language": {"locale": "en"},
        "utcOffset": 120,
    }
    assert payload["cancellationReason"] == ""
    assert "cancelledBy" not in payload


async def test_attendees_who_did_not_come(
    ana: Host, guest: Guest, receiver: Receiver, post: Post, clock: Clock
) -> None:
    await subscribe(ana, receiver, "BOOKING_NO_SHOW_UPDATED")
    booking = await guest.books(await ana.creates_event_type(), guests=["g@example.com"])
    clock.advance(timedelta(days=4, hours=5))
    absent = f"{URL}/{booking['uid']}/mark-absent"
    both = [{"email": "bo@example.com", "absent": True}, {"email": "g@example.com", "absent": False}]
    for body in ({"host": True}, {"attendees": both[:1]}, {"attendees": both}):
        data(await ana.client.post(absent, json=body))
    [(_, one), (_, two)] = await told(post, receiver)
    assert one == {
        "message": "bo@example.com was marked as a no-show",
        "attendees": [{"email": "bo@example.com", "noShow": True}],
        "bookingUid": booking["uid"],
        "bookingId": booking["id"],
    }
    assert [item["noShow"] for item in two["attendees"]] == [True, False]


async def test_a_meeting_is_told_of_as_it_is_at_its_start_and_end(
    ana: Host, guest: Guest, receiver: Receiver, post: Post, clock: Clock
) -> None:
    intro = await ana.creates_event_type()
    booking = await guest.books(intro, metadata={"crm": "x-1"})
    # A webhook that is made after the booking is told too.
    await subscribe(ana, receiver, "MEETING_STARTED", "MEETING_ENDED")
    clock.advance(timedelta(days=4, hours=3, minutes=59))
    assert await told(post, receiver) == []
    clock.advance(timedelta(minutes=1))
    [(trigger, body)] = await told(post, receiver)
    assert trigger == "MEETING_STARTED"
    assert body["responses"].pop("name")["value"] == "Bo Guest"
    assert body["attendees"][0].pop("id") > 0
    for moment in ("createdAt", "updatedAt"):
        body.pop(moment)
    body.pop("responses")
    assert body == {
        "triggerEvent": "MEETING_STARTED",
        "id": booking["id"],
        "uid": booking["uid"],
        "idempotencyKey": None,
        "userId": ana.id,
        "userPrimaryEmail": ana.email,
        "eventTypeId": intro["id"],
        "title": "Intro between Ana and Bo Guest",
        "description": "",
        "customInputs": {},
        "startTime": "2050-09-05T10:00:00.000Z",
        "endTime": "2050-09-05T11:00:00.000Z",
        "location": "integrations:daily",
        "status": "ACCEPTED",
        "paid": False,
        "destinationCalendarId": None,
        "cancellationReason": None,
        "rejectionReason": None,
        "reassignReason": None,
        "reassignById": None,
        "dynamicEventSlugRef": None,
        "dynamicGroupSlugRef": None,
        "rescheduled": False,
        "fromReschedule": None,
        "recurringEventId": None,
        "scheduledJobs": [],
        "metadata": {"crm": "x-1"},
        "isRecorded": False,
        "iCalUID": booking["icsUid"],
        "iCalSequence": 0,
        "rating": None,
        "ratingFeedback": None,
        "noShowHost": False,
        "oneTimePassword": None,
        "cancelledBy": None,
        "rescheduledBy": None,
        "creationSource": "API_V2",
        "smsReminderNumber": None,
        "user": {"email": ana.email, "name": "Ana", "timeZone": "Europe/Rome", "username": "ana"},
        "attendees": [
            {
                "email": "bo@example.com",
                "name": "Bo Guest",
                "timeZone": "Europe/Rome",
                "phoneNumber": None,
                "locale": "en",
                "bookingId": booking["id"],
                "noShow": False,
            }
        ],
        "payment": [],
        "references": [],
        "userFieldsResponses": {},
        "eventType": {
            "slug": "intro",
            "bookingFields": None,
            "schedulingType": None,
            "owner": {"id": ana.id},
            "hosts": [],
        },
    }
    clock.advance(timedelta(hours=1))
    [(trigger, body)] = await told(post, receiver)
    assert (trigger, body["uid"]) == ("MEETING_ENDED", booking["uid"])


async def test_a_meeting_that_moved_or_was_cancelled_begins_only_where_it_is(
    ana: Host, guest: Guest, receiver: Receiver, post: Post, clock: Clock
) -> None:
    await subscribe(ana, receiver, "MEETING_STARTED")
    intro = await ana.creates_event_type()
    moved = await guest.reschedules((await guest.books(intro)), TWELVE)
    await guest.cancels(await guest.books(intro, ELEVEN))
    clock.advance(timedelta(days=4, hours=5))
    assert await told(post, receiver) == []
    clock.advance(timedelta(days=1))
    [(_, body)] = await told(post, receiver)
    assert body["uid"] == moved["uid"]


async def test_a_worker_that_was_away_tells_late_and_reminders_tell_nothing(
    ana: Host, guest: Guest, receiver: Receiver, post: Post, clock: Clock
) -> None:
    await subscribe(ana, receiver, *ALL)
    await guest.books(await ana.creates_event_type(), TEN)
    clock.advance(timedelta(days=20))
    told_of = await told(post, receiver)
    assert [trigger for trigger, _ in told_of] == ["BOOKING_CREATED", "MEETING_STARTED", "MEETING_ENDED"]
