"""Each page: what it shows to its visitor, and what it says after an action that was refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from fastapi import Response

from kalends.api.output.errors import DomainError
from kalends.bookings import service as bookings
from kalends.bookings.booking import Booking, Status
from kalends.db.database import Connection
from kalends.event_types.form.fields import effective_fields
from kalends.localization.language import mark
from kalends.web import queries
from kalends.web.addresses import cancel_page, page_of, reschedule_page, same_page
from kalends.web.content import State, calendars_of, rows_of, state_of, title_of
from kalends.web.month import month_of
from kalends.web.pages import page
from kalends.web.problems import TAKEN, message_for, page_status_of
from kalends.web.visit import Visit
from kalends.web.zones import zones_of

LONGEST_REASON = 1_000
"""Most characters of a reason."""

START_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
"""How a form names a start."""


@dataclass(frozen=True, slots=True)
class TimeChoice:
    """What a visitor has chosen so far of another time."""

    month: date | None = None
    day: date | None = None
    start: datetime | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A date of a series. `address` None: it is over, and no longer has a page."""

    when: str
    state: State
    is_this: bool
    is_struck: bool
    address: str | None


@dataclass(frozen=True, slots=True)
class Latest:
    """The booking that a moved one has become."""

    start: datetime
    end: datetime
    address: str


async def show_booking(
    connection: Connection, visit: Visit, refusal: DomainError | None = None, *, done: str = ""
) -> Response:
    """Return the page of a booking."""
    booking = visit.booking
    former = []
    if booking.rescheduled_from_uid is not None:
        former = await queries.find_former_times(connection, booking.rescheduled_from_uid)
    return _page(
        "booking.html",
        visit,
        refusal,
        done=_done(visit, done),
        rows=rows_of(visit),
        calendars=calendars_of(visit),
        latest=await _latest(connection, visit),
        former=former,
        zones=zones_of(visit),
        series=await _series(connection, visit),
        cancel_page=cancel_page(visit),
        reschedule_page=reschedule_page(visit),
    )


async def ask_to_cancel(
    connection: Connection,
    visit: Visit,
    form: Mapping[str, str] | None = None,
    refusal: DomainError | None = None,
) -> Response:
    """Return the page that asks before cancelling; the booking's own where that is not offered."""
    if not visit.may_cancel:
        return await show_booking(connection, visit, refusal)
    sent = form or {}
    heading = _GIVE_UP_SEAT if visit.seat_uid is not None else _CANCEL
    return _page(
        "cancel.html",
        visit,
        refusal,
        heading=visit.language.text(heading),
        action=page_of(visit.booking.uid, "cancel"),
        rows=rows_of(visit)[:1],
        has_later=await _has_later(connection, visit),
        with_later=sent.get("scope") == "later",
        reason=sent.get("reason", ""),
    )


async def choose_time(
    connection: Connection,
    visit: Visit,
    choice: TimeChoice,
    form: Mapping[str, str] | None = None,
    refusal: DomainError | None = None,
    *,
    longest_days: int,
) -> Response:
    """Return the page that offers other times; the booking's own where that is not offered."""
    if not visit.may_reschedule or visit.event_type is None:
        return await show_booking(connection, visit, refusal)
    asks = {field["name"]: field for field in effective_fields(visit.event_type)}
    return _page(
        "reschedule.html",
        visit,
        refusal,
        action=page_of(visit.booking.uid, "reschedule"),
        month=await month_of(connection, visit, choice.month, choice.day, longest_days=longest_days),
        start_format=START_FORMAT,
        chosen=choice.start,
        reason=(form or {}).get("reason", ""),
        reason_is_required=bool(asks["rescheduleReason"].get("required")),
        zones=zones_of(visit),
    )


def ask_to_decide(
    visit: Visit,
    form: Mapping[str, str] | None = None,
    refusal: DomainError | None = None,
    *,
    is_declining: bool,
    done: str = "",
) -> Response:
    """Return the page that asks the host before approving or declining, and says afterwards what is."""
    part = "decline" if is_declining else "approve"
    heading = (_DECLINE if is_declining else _APPROVE) if visit.may_decide else _NOTHING_TO_DECIDE
    return _page(
        "decide.html",
        visit,
        refusal,
        taken=_TAKEN_MEANWHILE,
        done=_done(visit, done),
        heading=visit.language.text(heading),
        is_declining=is_declining,
        action=page_of(visit.booking.uid, part),
        rows=rows_of(visit),
        reason=(form or {}).get("reason", ""),
    )


def _page(
    template: str, visit: Visit, refusal: DomainError | None, *, taken: str = TAKEN, **content: Any
) -> Response:
    return page(
        template,
        visit.language,
        status=200 if refusal is None else page_status_of(refusal),
        visit=visit,
        title=title_of(visit),
        state=state_of(visit),
        problem=None if refusal is None else message_for(refusal, visit.language, taken=taken),
        token=visit.arrival.token,
        zone=visit.arrival.zone,
        address=partial(same_page, visit),
        longest_reason=LONGEST_REASON,
        **content,
    )


def _done(visit: Visit, done: str) -> str | None:
    """Return what to say after an action, if that is how the booking stands: an address can be made up."""
    known = _DONE.get(done)
    if known is None or visit.booking.status not in known[0]:
        return None
    return visit.language.text(known[1])


async def _latest(connection: Connection, visit: Visit) -> Latest | None:
    if not visit.booking.is_rescheduled:
        return None
    uid = await queries.find_latest_uid(connection, visit.booking.uid)
    if uid is None:
        return None
    latest = await bookings.get(connection, uid)
    return Latest(latest.start, latest.end, _address_of(visit, latest))


async def _series(connection: Connection, visit: Visit) -> list[Occurrence]:
    return [
        Occurrence(
            when=visit.language.period(one.start, one.end),
            state=state_of(visit.at(one)),
            is_this=one.uid == visit.booking.uid,
            is_struck=one.status.is_final,
            address=None if one.end <= visit.arrival.now else _address_of(visit, one),
        )
        for one in await _bookings_of_series(connection, visit)
    ]


async def _has_later(connection: Connection, visit: Visit) -> bool:
    return any(
        one.start > visit.booking.start and not one.status.is_final
        for one in await _bookings_of_series(connection, visit)
    )


async def _bookings_of_series(connection: Connection, visit: Visit) -> Sequence[Booking]:
    """Return the bookings of the visitor's series, without those that were replaced by others of it."""
    if visit.booking.recurring_uid is None:
        return ()
    found = await bookings.get_booking_or_series(connection, visit.booking.recurring_uid)
    return [one for one in found.bookings if not one.is_rescheduled]


def _address_of(visit: Visit, booking: Booking) -> str:
    return page_of(booking.uid, token=visit.token_for(booking), zone=visit.arrival.zone)


_CANCEL = mark("Cancel booking")
_GIVE_UP_SEAT = mark("Give up this seat")
_APPROVE = mark("Confirm this booking?")
_DECLINE = mark("Decline this booking?")
_NOTHING_TO_DECIDE = mark("There is nothing to decide")
_TAKEN_MEANWHILE = mark("This time is not free any more, so it cannot be confirmed.")

_DONE: dict[str, tuple[Sequence[Status], str]] = {
    "moved": ((Status.ACCEPTED, Status.PENDING), mark("The booking was moved.")),
    "cancelled": ((Status.CANCELLED,), mark("The booking was cancelled.")),
    "approved": ((Status.ACCEPTED,), mark("You confirmed this booking.")),
    "declined": ((Status.REJECTED,), mark("You declined this booking.")),
}
