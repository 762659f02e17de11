"""What a booking is called, by who reads it (bookings.md 2.8; event-types.md 6.8)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from kalends.bookings.booking import Attendee, Booking, Organizer, Seat, Status, TitleWords
from kalends.db.database import Database
from kalends.event_types.settings.inputs import NAME_VARIABLES
from kalends.localization.language import language_for
from kalends.localization.titles import LONGEST_TITLE, TitleReader, title_of
from tests.support.bookings import ELEVEN, SEATS, TWELVE, URL, WEEKLY, attendee, facts
from tests.support.client import Client, Guest, Host, data

SHY = {**SEATS, "showAttendeeInfo": False}
EVERY_VARIABLE = " | ".join(NAME_VARIABLES)
START = datetime(2050, 9, 5, 10, tzinfo=UTC)


async def title_read_by(client: Client, booking: dict[str, Any], **query: str) -> str:
    """Return the title that somebody reads."""
    title: str = data(await client.get(f"{URL}/{booking['uid']}", params=query))["title"]
    return title


async def renames(host: Host, event_type: dict[str, Any], **properties: Any) -> None:
    """Change what an event type and its bookings are called."""
    data(await host.client.patch(f"/v2/event-types/{event_type['id']}", json=properties))


@pytest.mark.parametrize(
    ("locale", "title"),
    [
        ("de", "Intro mit Ana und Bo Guest"),
        ("it", "Intro tra Ana e Bo Guest"),
        ("pt-BR", "Intro entre Ana e Bo Guest"),
        ("ar", "Intro between Ana and Bo Guest"),
        ("en", "Intro between Ana and Bo Guest"),
    ],
)
async def test_the_api_tells_titles_in_the_language_of_the_host(
    ana: Host, guest: Guest, locale: str, title: str
) -> None:
    data(await ana.client.patch("/v2/me", json={"locale": locale}))
    booking = await guest.books(await ana.creates_event_type(), attendee={**attendee("bo"), "language": "fr"})
    assert booking["title"] == title.replace("Bo Guest", "Bo")
    [listed] = data(await ana.client.get(URL))
    assert listed["title"] == booking["title"]


async def test_a_language_that_the_host_chooses_later_holds_for_what_is_booked_already(
    ana: Host, guest: Guest, client: Client
) -> None:
    booking = await guest.books(await ana.creates_event_type())
    data(await ana.client.patch("/v2/me", json={"locale": "de"}))
    assert await title_read_by(client, booking) == "Intro mit Ana und Bo Guest"


async def test_words_that_the_host_chose_are_filled_in_the_language_of_the_host(
    ana: Host, guest: Guest
) -> None:
    data(await ana.client.patch("/v2/me", json={"locale": "de"}))
    place = {"type": "phone", "phone": "+393331234567", "public": True}
    talk = await ana.creates_event_type(customName="{Event duration}: {Location}", locations=[place])
    assert (await guest.books(talk))["title"] == "60 Min.: Telefonat"


async def test_every_variable_has_its_value(ana: Host, guest: Guest) -> None:
    intro = await ana.creates_event_type(
        customName=EVERY_VARIABLE, locations=[{"type": "address", "address": "Dock 4", "public": True}]
    )
    booking = await guest.books(intro, attendee={**attendee("bo"), "name": "Bo van der Berg"})
    shown = dict(zip(NAME_VARIABLES, booking["title"].split(" | "), strict=True))
    assert shown == {
        "{Event type title}": "Intro",
        "{Organiser}": "Ana",
        "{Organiser first name}": "Ana",
        "{HOST}": "Ana",
        "{Scheduler}": "Bo van der Berg",
        "{ATTENDEE}": "Bo van der Berg",
        "{USER}": "Bo van der Berg",
        "{Scheduler first name}": "Bo",
        "{Scheduler last name}": "van der Berg",
        "{Location}": "In person",
        "{LOCATION}": "In person",
        "{Event duration}": "60 mins",
        "{HOST/ATTENDEE}": "Ana",
    }
    of_host = await title_read_by(ana.client, booking)
    assert of_host.split(" | ")[NAME_VARIABLES.index("{HOST/ATTENDEE}")] == "Bo van der Berg"


async def test_a_name_that_is_asked_in_two_parts_is_told_in_them(ana: Host, guest: Guest) -> None:
    form = [{"type": "splitName", "lastNameRequired": False}, {"type": "email", "required": True}]
    intro = await ana.creates_event_type(
        bookingFields=form, customName="{Scheduler last name}, {Scheduler first name}"
    )
    assert (await guest.books(intro))["title"] == "Guest, Bo"


async def test_words_that_come_to_nothing_give_way_to_the_usual_sentence(ana: Host, guest: Guest) -> None:
    intro = await ana.creates_event_type(customName="{Scheduler last name}")
    booking = await guest.books(intro, attendee={**attendee("bo"), "name": "Bo"})
    assert booking["title"] == "Intro between Ana and Bo"


async def test_a_title_tells_the_length_of_its_own_booking(ana: Host, guest: Guest) -> None:
    intro = await ana.creates_event_type(customName="{Event duration}", lengthInMinutesOptions=[15, 60])
    booking = await guest.books(intro, lengthInMinutes=15)
    assert booking["title"] == "15 mins"
    assert (await guest.reschedules(booking, TWELVE))["title"] == "15 mins"


async def test_an_address_that_only_the_server_knows_promises_no_video_call(ana: Host, guest: Guest) -> None:
    intro = await ana.creates_event_type(customName="{Location}")
    assert (await guest.books(intro))["title"] == "To be agreed"


@pytest.mark.parametrize("custom", [None, "{Event type title} with {Scheduler}"])
async def test_a_booking_keeps_the_words_that_it_was_made_with(
    ana: Host, guest: Guest, client: Client, custom: str | None
) -> None:
    intro = await ana.creates_event_type(**({} if custom is None else {"customName": custom}))
    booking = await guest.books(intro)
    await renames(ana, intro, title="Other", customName="Other")
    assert await title_read_by(client, booking) == booking["title"]
    moved = await guest.reschedules(booking, ELEVEN)
    assert moved["title"] == booking["title"]
    other = await guest.books(intro, TWELVE)
    assert other["title"] == "Other"
    data(await ana.client.delete(f"/v2/event-types/{intro['id']}"))
    assert await title_read_by(ana.client, moved) == booking["title"]


async def test_every_occurrence_of_a_series_has_the_title(ana: Host, guest: Guest) -> None:
    series = await guest.books(await ana.creates_event_type(recurrence=WEEKLY))
    assert {one["title"] for one in series} == {"Intro between Ana and Bo Guest"}
    ended = await guest.cancels(series[0]["recurringBookingUid"])
    assert {one["title"] for one in ended} == {"Intro between Ana and Bo Guest"}


async def test_answers_that_change_a_title_tell_it_as_reading_does(ana: Host, guest: Guest) -> None:
    ask = await ana.creates_event_type(
        customName="{HOST/ATTENDEE}",
        confirmationPolicy={"type": "always", "blockUnconfirmedBookingsInBooker": False},
    )
    booking = await guest.books(ask)
    assert booking["title"] == "Ana"
    confirmed = await ana.confirms(booking)
    assert confirmed["title"] == "Bo Guest"
    assert (await ana.reschedules(booking, TWELVE))["title"] == "Bo Guest"


@pytest.mark.parametrize("seats", [SEATS, SHY])
async def test_who_shares_a_booking_reads_no_other_name_than_their_own(
    ana: Host, ben: Host, guest: Guest, client: Client, seats: dict[str, Any]
) -> None:
    event_type = await ana.creates_event_type("class", seats={**seats, "seatsPerTimeSlot": 5})
    bo = await guest.books(event_type, guests=["g@example.com"])
    cy = await guest.books(event_type, attendee=attendee("cy"))
    await guest.books(event_type, attendee=attendee("ben"))
    assert bo["title"] == "Class between Ana and Bo Guest"
    assert cy["title"] == "Class between Ana and Cy"
    assert await title_read_by(client, bo, seatUid=cy["seatUid"]) == "Class between Ana and Cy"
    assert await title_read_by(ben.client, bo) == "Class between Ana and Ben"
    assert [one["title"] for one in data(await ben.client.get(URL))] == ["Class between Ana and Ben"]
    assert await title_read_by(client, bo) == "Class with Ana"
    assert await title_read_by(ana.client, bo) == "Class between Ana and Bo Guest"


async def test_who_left_is_in_no_title(ana: Host, guest: Guest, database: Database) -> None:
    event_type = await ana.creates_event_type("class", seats={**SHY, "seatsPerTimeSlot": 5})
    bo = await guest.books(event_type)
    cy = await guest.books(event_type, attendee=attendee("cy"))
    left = await guest.cancels(bo, seatUid=bo["seatUid"])
    assert left["title"] == "Class with Ana"
    assert await title_read_by(ana.client, bo) == "Class between Ana and Cy"
    moved = await guest.reschedules(cy, TWELVE, seatUid=cy["seatUid"])
    assert moved["title"] == "Class between Ana and Cy"
    assert await title_read_by(ana.client, bo) == "Class with Ana"
    assert [fact.booking.title for fact in await facts(database)] == [
        "Class between Ana and Bo Guest",
        "Class between Ana and Bo Guest",
        "Class between Ana and Cy",
        "Class between Ana and Cy",
    ]


async def test_who_attends_no_more_once_all_is_cancelled_is_in_no_title(ana: Host, guest: Guest) -> None:
    event_type = await ana.creates_event_type("class", seats=SEATS)
    bo = await guest.books(event_type)
    ended = await ana.cancels(bo, "ill")
    assert ended["title"] == "Class with Ana"


@pytest.mark.parametrize(
    ("custom", "of_stranger", "of_cy"),
    [
        ("Evening of {Organiser}", "Evening of Ana", "Evening of Ana"),
        ("{Event type title}, {Event duration}", "Class, 60 mins", "Class, 60 mins"),
        ("{HOST/ATTENDEE}'s class", "Ana's class", "Ana's class"),
        ("{Scheduler} & {Organiser}", "Class with Ana", "Cy Jones & Ana"),
        ("Hello {Scheduler first name}", "Class with Ana", "Hello Cy"),
        ("{Scheduler last name}!", "Class with Ana", "Jones!"),
        ("{USER}{ATTENDEE}", "Class with Ana", "Cy JonesCy Jones"),
    ],
)
async def test_the_words_of_the_host_are_kept_where_they_name_nobody(
    ana: Host, guest: Guest, client: Client, custom: str, of_stranger: str, of_cy: str
) -> None:
    event_type = await ana.creates_event_type("class", seats=SHY, customName=custom)
    await guest.books(event_type)
    cy = await guest.books(event_type, attendee={**attendee("cy"), "name": "Cy Jones"})
    assert await title_read_by(client, cy) == of_stranger
    assert cy["title"] == of_cy


async def test_what_people_are_called_is_no_template(ana: Host, guest: Guest) -> None:
    data(await ana.client.patch("/v2/me", json={"name": "{Scheduler} %(name)s"}))
    intro = await ana.creates_event_type(title="{Organiser} %s")
    name = "{Event type title} %(host)s {"
    booking = await guest.books(intro, attendee={**attendee("bo"), "name": name})
    assert booking["title"] == f"{{Organiser}} %s between {{Scheduler}} %(name)s and {name}"
    await renames(ana, intro, customName="{Scheduler}/{Organiser}/{Event type title}/{}/}{")
    other = await guest.books(intro, TWELVE, attendee={**attendee("bo"), "name": name})
    assert other["title"] == f"{name}/{{Scheduler}} %(name)s/{{Organiser}} %s/{{}}/}}{{"


async def test_a_title_has_an_end(ana: Host, guest: Guest) -> None:
    intro = await ana.creates_event_type(customName="{Scheduler}" * 450)
    booking = await guest.books(intro, attendee={**attendee("bo"), "name": "Bo" * 100})
    assert booking["title"] == "Bo" * 500
    await renames(ana, intro, customName="", title="x" * 5_000)
    assert (await guest.books(intro, TWELVE))["title"] == "x" * LONGEST_TITLE


async def test_a_host_without_a_name_is_called_by_the_username(
    ana: Host, guest: Guest, client: Client, database: Database
) -> None:
    booking = await guest.books(await ana.creates_event_type())
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET name = NULL")
    assert await title_read_by(client, booking) == "Intro between ana and Bo Guest"


async def test_a_booking_of_before_is_called_as_it_was(
    ana: Host, guest: Guest, client: Client, database: Database
) -> None:
    booking = await guest.books(await ana.creates_event_type())
    shared = await guest.books(await ana.creates_event_type("class", seats=SEATS), TWELVE)
    async with database.connection() as connection:
        await connection.execute("UPDATE bookings SET title = 'Tea with Bo', title_parts = NULL")
    assert await title_read_by(client, booking) == "Tea with Bo"
    assert await title_read_by(ana.client, shared) == "Tea with Bo"
    # It names somebody, and nobody knows what else it is called.
    assert await title_read_by(client, shared) == "Ana"
    moved = await guest.reschedules(booking, ELEVEN)
    assert moved["title"] == "Tea with Bo"
    assert [fact.booking.title for fact in await facts(database)][-1] == "Tea with Bo"


async def test_answers_of_the_booker_may_be_in_a_title(
    ana: Host, guest: Guest, client: Client, database: Database
) -> None:
    event_type = await ana.creates_event_type("class", seats=SEATS)
    bo = await guest.books(event_type, bookingFieldsResponses={"topic": "tea", "many": ["a", "b"]})
    cy = await guest.books(event_type, attendee=attendee("cy"), guests=["g@example.com"])
    async with database.connection() as connection:
        parts = Jsonb({"template": "On {topic}, {many}, {guests}"})
        await connection.execute("UPDATE bookings SET title_parts = %s", (parts,))
    assert await title_read_by(ana.client, bo) == "On tea, a, b, {guests}"
    assert await title_read_by(client, cy, seatUid=cy["seatUid"]) == "On {topic}, {many}, {guests}"
    assert await title_read_by(client, cy) == "Class with Ana"


TEMPLATES = st.lists(st.sampled_from([*NAME_VARIABLES, "{topic}", "{", "}", " ", "x"]), max_size=20)
LANGUAGES = st.sampled_from(["de", "en", "es", "fr", "it", "pt", "he"])


@given(template=TEMPLATES.map("".join), language=LANGUAGES, own=st.sampled_from([None, 0, 1, 2]))
def test_no_template_tells_somebody_else_who_attends(template: str, language: str, own: int | None) -> None:
    names = ["Quentin Querfurt", "Xaver Xylander", ""]
    people = [
        Attendee(
            name,
            "a@example.com",
            "UTC",
            "en",
            seat=None if not name else Seat(UUID(int=1), None, {"topic": f"{name}'s secret"}, {}),
        )
        for name in names
    ]
    booking = _booking(people)
    words = TitleWords("Class", template or None, "phone")
    reader = TitleReader(
        language_for(language, "UTC"), is_host=False, attendee=None if own is None else people[own]
    )
    title = title_of(words, booking, reader)
    assert title.strip()
    assert len(title) <= LONGEST_TITLE
    for number, name in enumerate(names):
        if name and number != own:
            assert not set(name.split()) & set(title.replace("x", " ").replace("'", " ").split())
            assert name.split()[1] not in title


def _booking(attendees: list[Attendee]) -> Booking:
    return Booking(
        id=1,
        uid="u",
        title_words=TitleWords("Class"),
        description=None,
        start=START,
        end=START + timedelta(minutes=45),
        location=None,
        responses=None,
        metadata={},
        cancellation_reason=None,
        cancelled_by=None,
        is_rescheduled=False,
        rescheduled_by=None,
        rescheduled_from_uid=None,
        ical_uid="i",
        ical_sequence=0,
        is_host_absent=False,
        rating=None,
        created_at=START,
        updated_at=None,
        status=Status.ACCEPTED,
        organizer=Organizer(1, "Ana", "ana@example.com", "ana", "UTC"),
        event_type=None,
        attendees=tuple(attendees),
        is_seated=True,
    )
