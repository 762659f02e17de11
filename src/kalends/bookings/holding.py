"""Whether a time can be booked, decided by the engine that lists slots, under the locks that keep it so."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from psycopg import errors

from kalends.accounts.user import User
from kalends.api.errors import BadRequest, Conflict, DomainError, Forbidden, NotFound
from kalends.db.database import UnitOfWork
from kalends.db.locks import lock_hosts
from kalends.event_types import service as event_types
from kalends.event_types.event_type import EventType
from kalends.reservations import service as reservations
from kalends.scheduling import engine
from kalends.scheduling.engine import Code
from kalends.slots import service as slots
from kalends.slots.rows import subject_of
from kalends.slots.situation import CountedReservations, Question, Situation, ask, load

TAKEN = frozenset({Code.BOOKING, Code.CALENDAR, Code.BUFFER, Code.LIMIT, Code.RESERVED})
"""What stands against a time whatever its host says about hours, notice and window."""

BOUNDS = frozenset({Code.IN_THE_PAST, Code.MINIMUM_NOTICE, Code.BOOKING_WINDOW})
"""What stands against a start that is too early or too late."""

OUT_OF_BOUNDS = "booking_time_out_of_bounds_error"
"""By what clients know that a booking is moved to a time that notice or booking window exclude."""

Period = tuple[datetime, datetime]


async def lock_time(work: UnitOfWork, event_type: EventType, host_id: int) -> None:
    """Let this command alone decide about the time of a host, and about the event type's counts."""
    counted = event_type.id if event_type.terms.counts_bookings else None
    await lock_hosts(work, [host_id], event_type_id=counted)

async def use_reservation(
    work: UnitOfWork, event_type: EventType, uid: UUID | None, period: Period, *, now: datetime
) -> None:
    """Let a booking of this period have what the reservation that it names keeps; None: it names none.

    The caller has locked the time.
    """
    if uid is not None:
        await reservations.consume(work, uid, event_type.id, *period, now=now)


def check_is_bookable(event_type: EventType) -> None:
    """Check that bookings of an event type can be made and moved.

    Raises:
        NotFound: it is a team's, which cannot be booked so far.
    """
    event_types.user_of(event_type)


def check_host_is_open(host: User) -> None:
    """Check that somebody may be booked.

    Raises:
        NotFound: their account is locked.
    """
    if host.is_locked:
        hint = "The host of this event type cannot be booked."
        raise NotFound("eventTypeUser.notFound", details={"hint": hint})


async def require_free(
    work: UnitOfWork,
    event_type: EventType,
    period: Period,
    *,
    now: datetime,
    zone: str,
    moving: str | None = None,
    among: Collection[Code] | None = None,
    of: datetime | None = None,
    bounds_code: str | None = None,
) -> None:
    """Check that a period can be booked; of what stands against it only the codes `among` all count.

    `zone` is the booker's, `moving` the uid of a booking that leaves, `of` and `bounds_code` as in
    `_refusal`.

    Raises:
        BadRequest: it cannot; `details.reasons` says why.
        Forbidden: a limit stands against it.
        Conflict: its seats are taken.
    """
    verdict = await slots.check(work.connection, _question(event_type, period, now, zone, moving))
    counted = [reason for reason in verdict.reasons if among is None or reason.code in among]
    if counted:
        raise _refusal(counted, of=of, bounds_code=bounds_code)


async def require_all_free(
    work: UnitOfWork, event_type: EventType, periods: Sequence[Period], *, now: datetime, zone: str
) -> None:
    """Check that each of several periods, sorted, can be booked after those before it.

    Raises:
        BadRequest: one cannot; the message names it, and `details.reasons` says why.
        Forbidden: a limit stands against one.
    """
    span = (periods[0][0], max(end for _, end in periods))
    question = _question(event_type, span, now, zone, None)
    situation = await load(work.connection, question, names_bookings=True)
    for period in periods:
        verdict = ask(engine.check, _question(event_type, period, now, zone, None), situation)
        if not verdict.is_accepted:
            raise _refusal(verdict.reasons, of=period[0] if len(periods) > 1 else None)
        situation = _with_booking(situation, event_type, period)


@contextmanager
def last_word() -> Iterator[None]:
    """Let the database refuse what is written meanwhile.

    Raises:
        BadRequest: it knows of a booking in the way.
    """
    try:
        yield
    except errors.ExclusionViolation as error:
        codes = [str(Code.BOOKING)]
        message = f"start: this time is not available ({codes[0]})."
        raise BadRequest(message, details={"reasons": codes}) from error


def _refusal(
    reasons: Sequence[engine.Reason], *, of: datetime | None = None, bounds_code: str | None = None
) -> DomainError:
    """Return how a time is refused.

    `of` names one occurrence of several, `bounds_code` is what clients know a time by that notice or booking
    window exclude.
    """
    codes = list(dict.fromkeys(str(reason.code) for reason in reasons))
    found = {reason.code for reason in reasons}
    details = {"reasons": codes}
    which = "this time" if of is None else f"the occurrence at {of.isoformat().replace('+00:00', 'Z')}"
    if not found & BOUNDS:
        if Code.SEATS_FULL in found:
            return Conflict("start: all seats of this time are taken (seats_full).", details=details)
        if Code.LIMIT in found:
            hint = f"{which[0].upper()}{which[1:]} is beyond what the event type allows in a period."
            return Forbidden(_limit_code(reasons), details={**details, "hint": hint})
    elif bounds_code is not None and Code.IN_THE_PAST not in found:
        return BadRequest(bounds_code, details=details)
    return BadRequest(f"start: {which} is not available ({', '.join(codes)}).", details=details)


def _question(
    event_type: EventType, period: Period, now: datetime, zone: str, moving: str | None
) -> Question:
    begins, ends = (int(instant.timestamp()) for instant in period)
    return Question(
        subject_of(event_type),
        (ends - begins) // 60,
        begins,
        ends,
        now,
        zone=zone,
        moving=moving,
        reservations=CountedReservations.BINDING,
    )


def _with_booking(situation: Situation, event_type: EventType, period: Period) -> Situation:
    """Return the situation once a period has been booked."""
    begins, ends = (int(instant.timestamp()) for instant in period)
    before, after = event_type.terms.before_event_buffer, event_type.terms.after_event_buffer
    busy = engine.buffered(begins, ends, before, after, booked_before=before, booked_after=after)
    return replace(
        situation,
        hosts=[replace(host, busy=[*host.busy, busy]) for host in situation.hosts],
        taken=replace(situation.taken, counted=[*situation.taken.counted, (begins, ends)]),
    )


def _limit_code(reasons: Sequence[engine.Reason]) -> str:
    limited = [str(reason.reference) for reason in reasons if reason.code is Code.LIMIT]
    is_duration = limited and all(reference.startswith("bookingLimitsDuration") for reference in limited)
    return "duration_limit_reached" if is_duration else "booking_limit_reached"
