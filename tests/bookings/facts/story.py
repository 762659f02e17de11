"""All that can happen to bookings, told once; what is stored of it is the golden facts of a version."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from kalends.bookings.facts.stored import decode, encode
from kalends.db.database import Database
from kalends.outbox import timers
from kalends.outbox.statements import payload_of
from kalends.worker import BOOKINGS
from tests.conftest import Clock
from tests.support.bookings import BLOCKING, CONFIRMED, SEATS, URL, WEEKLY, attendee
from tests.support.client import Client, Guest, Host, data

QUESTIONS = [
    {"type": "text", "slug": "drink", "label": "What to drink?", "required": False},
    {"type": "multiselect", "slug": "topics", "label": "Topics", "required": False, "options": ["a", "b"]},
]


class Story:
    """Lets things happen, and takes down the facts that follow from each."""

    def __init__(self, ana: Host, client: Client, database: Database, clock: Clock) -> None:
        self.ana = ana
        self.guest = Guest(client)
        self.stored: dict[str, bytes] = {}
        self._database = database
        self._clock = clock
        self._last_id = 0

    async def takes_down(self, title: str) -> None:
        """Note what was stored since the last time, under a title that says what happened."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                f"SELECT id, {payload_of('e')} FROM outbox_events e WHERE id > %s ORDER BY id",
                (self._last_id,),
            )
            rows = await cursor.fetchall()
        assert rows, title
        for number, (fact_id, payload) in enumerate(rows, start=1):
            # What is kept once for several facts is a part of each of them.
            whole = encode(decode(bytes(payload)))
            self.stored[title if len(rows) == 1 else f"{title}, {number} of {len(rows)}"] = whole
            self._last_id = fact_id

    async def waits_until(self, instant: str) -> None:
        """Let it be an instant, and what is due by then take effect."""
        self._clock.now = datetime.fromisoformat(instant)
        while await timers.fire_due(self._database, BOOKINGS, now=self._clock.now):
            pass

    async def sets(self, event_type: Mapping[str, Any], **columns: Any) -> None:
        """Write columns of an event type that no operation sets."""
        async with self._database.transaction() as work:
            for name, value in columns.items():
                await work.connection.execute(
                    sql.SQL("UPDATE event_types SET {} = %s WHERE id = %s").format(sql.Identifier(name)),
                    (Jsonb(value) if isinstance(value, dict) else value, event_type["id"]),
                )


async def tell(ana: Host, client: Client, database: Database, clock: Clock) -> dict[str, bytes]:
    """Let everything happen of which there is a fact, and return the stored texts by what happened."""
    story = Story(ana, client, database, clock)
    await _meetings(story)
    await _requests(story)
    await _plain_bookings(story)
    await _series(story)
    await _seats(story)
    await _hidden_things(story)
    return story.stored


async def _meetings(story: Story) -> None:
    intro = await story.ana.creates_event_type()
    booking = await story.guest.books(intro, "2050-09-01T10:00:00Z", guests=["cy@example.com"])
    await story.takes_down("a booking with a guest")
    await story.waits_until("2050-09-01T09:00:00+00:00")
    await story.takes_down("a reminder")
    await story.waits_until("2050-09-01T10:00:00+00:00")
    await story.takes_down("a meeting that starts")
    absent = {"attendees": [{"email": "bo@example.com", "absent": True}]}
    data(await story.ana.client.post(f"{URL}/{booking['uid']}/mark-absent", json=absent))
    await story.takes_down("an attendee who did not come")
    data(await story.ana.client.post(f"{URL}/{booking['uid']}/mark-absent", json={"host": True}))
    await story.takes_down("a host who did not come")
    await story.waits_until("2050-09-01T11:00:00+00:00")
    await story.takes_down("a meeting that ends")


async def _requests(story: Story) -> None:
    ask = await story.ana.creates_event_type("ask", confirmationPolicy=CONFIRMED)
    waiting = await story.guest.books(ask, "2050-09-02T10:00:00Z")
    await story.takes_down("a request")
    await story.waits_until("2050-09-01T14:00:00+00:00")
    await story.takes_down("a reminder of a request")
    await story.waits_until("2050-09-02T10:00:00+00:00")
    await story.takes_down("a request that nobody decided about")
    blocking = await story.ana.creates_event_type("blocking", confirmationPolicy=BLOCKING)
    waiting = await story.guest.books(blocking, "2050-09-05T08:00:00Z")
    await story.takes_down("a request that blocks")
    await story.ana.confirms(waiting)
    await story.takes_down("a request that was confirmed")
    waiting = await story.guest.reschedules(waiting, "2050-09-05T09:00:00Z", reschedulingReason="ill")
    await story.takes_down("a request to move what was confirmed")
    declining = {"reason": "Too early"}
    data(await story.ana.client.post(f"{URL}/{waiting['uid']}/decline", json=declining))
    await story.takes_down("a request that was declined")


async def _plain_bookings(story: Story) -> None:
    data(await story.ana.client.patch("/v2/me", json={"locale": "de", "timeFormat": 24}))
    talk = await story.ana.creates_event_type(
        "talk", description="We **talk**.", bookingFields=QUESTIONS, locations=[_LINK]
    )
    booking = await story.guest.books(
        talk,
        "2050-09-06T08:00:00Z",
        attendee={**attendee("dora"), "language": "fr", "phoneNumber": "+393401234567"},
        guests=["cy@example.com"],
        metadata={"crm": "x-1"},
        bookingFieldsResponses={"notes": "Bring cake", "drink": "tea", "topics": ["a", "b"]},
    )
    await story.takes_down("a booking with answers")
    moved = await story.guest.reschedules(
        booking, "2050-09-06T10:00:00Z", reschedulingReason="The train is late"
    )
    await story.takes_down("a booking that its attendee moved")
    moved = await story.ana.reschedules(moved, "2050-09-06T12:00:00Z", rescheduledBy="ana@example.com")
    await story.takes_down("a booking that its host moved")
    await story.ana.cancels(moved, "Something came up")
    await story.takes_down("a booking that its host cancelled")
    booking = await story.guest.books(talk, "2050-09-07T08:00:00Z")
    await story.takes_down("a booking without answers")
    assert (await story.ana.client.delete(f"/v2/event-types/{talk['id']}")).is_success
    await story.guest.cancels(booking)
    await story.takes_down("a cancelled booking whose event type was deleted")


async def _series(story: Story) -> None:
    weekly = await story.ana.creates_event_type("weekly", recurrence=WEEKLY)
    series = await story.guest.books(weekly, "2050-09-08T08:00:00Z")
    await story.takes_down("a series")
    moved = await story.guest.reschedules(series[1], "2050-09-16T08:00:00Z")
    await story.takes_down("a moved occurrence")
    await story.guest.cancels(moved)
    await story.takes_down("a cancelled occurrence")
    await story.ana.cancels(series[2], "Enough", cancelSubsequentBookings=True)
    await story.takes_down("a series cut short")
    await story.guest.cancels(series[0]["recurringBookingUid"])
    await story.takes_down("the rest of a series cancelled")
    asked = await story.ana.creates_event_type("asked", recurrence=WEEKLY, confirmationPolicy=CONFIRMED)
    series = await story.guest.books(asked, "2050-09-09T08:00:00Z", recurrenceCount=2)
    await story.takes_down("a requested series")
    await story.ana.confirms(series[1])
    await story.takes_down("a confirmed series")


async def _seats(story: Story) -> None:
    course = await story.ana.creates_event_type("course", seats={**SEATS, "seatsPerTimeSlot": 4})
    answers = {"bookingFieldsResponses": {"notes": "I bring a mat"}, "metadata": {"crm": "x-2"}}
    first = await story.guest.books(course, "2050-09-12T08:00:00Z", attendee=attendee("dora"), **answers)
    await story.takes_down("the first seat")
    second = await story.guest.books(course, "2050-09-12T08:00:00Z", attendee=attendee("emil"))
    await story.takes_down("a further seat")
    third = await story.guest.books(course, "2050-09-12T08:00:00Z", attendee=attendee("fay"))
    await story.takes_down("a third seat")
    seat = {"seatUid": second["seatUid"]}
    await story.guest.reschedules(first, "2050-09-12T10:00:00Z", **seat)
    await story.takes_down("a seat moved to a time of its own")
    seat = {"seatUid": third["seatUid"]}
    there = await story.guest.reschedules(first, "2050-09-12T10:00:00Z", **seat)
    await story.takes_down("a seat moved to where others sit")
    fourth = await story.guest.books(course, "2050-09-12T08:00:00Z", attendee=attendee("gus"))
    await story.takes_down("a seat beside another")
    await story.guest.cancels(first, seatUid=fourth["seatUid"])
    await story.takes_down("a seat given up")
    moved = await story.ana.reschedules(first, "2050-09-12T12:00:00Z")
    await story.takes_down("all seats moved to another time")
    await story.ana.reschedules(moved, "2050-09-12T10:00:00Z", reschedulingReason="One room")
    await story.takes_down("all seats moved to where others sit")
    await story.ana.cancels(there, "No teacher")
    await story.takes_down("all seats cancelled")
    await story.guest.books(course, "2050-09-13T08:00:00Z", attendee=attendee("hal"))
    await story.takes_down("another first seat")


async def _hidden_things(story: Story) -> None:
    quiet = await story.ana.creates_event_type(
        "quiet", hideCalendarNotes=True, hideCalendarEventDetails=True, disableGuests=True
    )
    flags = {"disableStandardEmails": {"all": {"host": True, "attendee": False}}}
    await story.sets(
        quiet,
        hide_organizer_email=True,
        disable_rescheduling=True,
        price=1_500,
        currency="eur",
        metadata=flags,
    )
    booking = await story.guest.books(
        quiet, "2050-09-14T08:00:00Z", bookingFieldsResponses={"notes": "Between us"}
    )
    await story.takes_down("a booking with much that is hidden")
    await story.ana.cancels(booking, "Hush")
    await story.takes_down("a cancelled booking with much that is hidden")
    masked = {**SEATS, "showAttendeeInfo": False, "showAvailabilityCount": False}
    secret = await story.ana.creates_event_type("secret", seats=masked)
    await story.guest.books(secret, "2050-09-15T08:00:00Z", attendee=attendee("ida"))
    await story.takes_down("a first seat among strangers")
    await story.guest.books(secret, "2050-09-15T08:00:00Z", attendee=attendee("jan"))
    await story.takes_down("a seat among strangers")


_LINK = {"type": "link", "link": "https://meet.example.com/talk", "public": True}
