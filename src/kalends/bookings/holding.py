"""Whether a time can be booked, decided by the engine that lists slots, under the locks that keep it so."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from kalends.api.errors import BadRequest, Conflict, DomainError, Forbidden
from kalends.db.database import UnitOfWork
from kalends.db.locks import lock_hosts
from kalends.event_types.event_type import EventType
from kalends.scheduling import engine
from kalends.scheduling.engine import Code
from kalends.slots import service as slots
from kalends.slots.availability import Holds, Question, Situation, ask, load, rules_of

TAKEN = frozenset({Code.BOOKING, Code.CALENDAR, Code.BUFFER, Code.LIMIT, Code.RESERVED})
"""What stands against a time whatever its host says about hours, notice and window."""

OUT_OF_BOUNDS = "booking_time_out_of_bounds_error"
"""By what clients know that a booking is moved to a time that is too early or too late."""

Period = tuple[datetime, datetime]

_BOUNDS = frozenset({Code.IN_THE_PAST, Code.MINIMUM_NOTICE, Code.BOOKING_WINDOW})


async def lock_time(work: UnitOfWork, event_type: EventType, host_id: int) -> None:
    """Let this command alone decide about the time of a host, and about the event type's counts."""
    await lock_hosts(work, [host_id], event_type_id=event_type.id if event_type.counts_bookings else None)


async def check(
    work: UnitOfWork,
    event_type: EventType,
    period: Period,
    *,
    now: datetime,
    zone: str,
    moving: str | None = None,
) -> engine.Verdict:
    """Return whether a period can be booked; `zone` is the booker's, `moving` a booking that leaves."""
    return await slots.check(work.connection, _question(event_type, period, now, zone, moving))


async def require_free(
    work: UnitOfWork,
    event_type: EventType,
    period: Period,
    *,
    now: datetime,
    zone: str,
    moving: str | None = None,
    bounds_code: str | None = None,
) -> None:
    """Check that a period can be booked.

    Raises:
        BadRequest: it cannot; `details.reasons` says why, and the message is `bounds_code` if it is too early
            or too late.
        Forbidden: a limit stands against it.
    """
    verdict = await check(work, event_type, period, now=now, zone=zone, moving=moving)
    if not verdict.is_accepted:
        raise refusal_of(verdict.reasons, bounds_code=bounds_code)


async def require_all_free(
    work: UnitOfWork, event_type: EventType, periods: Sequence[Period], *, now: datetime, zone: str
) -> None:
    """Check that each of several periods, sorted, can be booked after those before it.

    Raises:
        BadRequest: one cannot; the message names it, and `details.reasons` says why.
        Forbidden: only a limit stands against one.
    """
    span = (periods[0][0], max(end for _, end in periods))
    question = _question(event_type, span, now, zone, None)
    situation = await load(work.connection, question, names_bookings=True)
    for period in periods:
        verdict = ask(engine.check, _question(event_type, period, now, zone, None), situation)
        if not verdict.is_accepted:
            raise refusal_of(verdict.reasons, of=period[0] if len(periods) > 1 else None)
        situation = _with_booking(situation, event_type, period)


def refusal_of(
    reasons: Sequence[engine.Reason],
    *,
    of: datetime | None = None,
    among: Collection[Code] | None = None,
    bounds_code: str | None = None,
) -> DomainError:
    """Return how a time is refused.

    `of` names one occurrence of several, `among` the codes that count, `bounds_code` what clients know a time
    by that is too early or too late.
    """
    counted = [reason for reason in reasons if among is None or reason.code in among]
    codes = list(dict.fromkeys(str(reason.code) for reason in counted))
    found = {reason.code for reason in counted}
    details = {"reasons": codes}
    which = "this time" if of is None else f"the occurrence at {of.isoformat().replace('+00:00', 'Z')}"
    if not found & _BOUNDS:
        if Code.SEATS_FULL in found:
            return Conflict("start: all seats of this time are taken (seats_full).", details=details)
        if Code.LIMIT in found:
            hint = f"{which[0].upper()}{which[1:]} is beyond what the event type allows in a period."
            return Forbidden(_limit_code(counted), details={**details, "hint": hint})
    elif bounds_code is not None:
        return BadRequest(bounds_code, details=details)
    return BadRequest(f"start: {which} is not available ({', '.join(codes)}).", details=details)


def taken_at_last() -> BadRequest:
    """Return how a time is refused that the database itself says is taken."""
    codes = [str(Code.BOOKING)]
    return BadRequest(f"start: this time is not available ({codes[0]}).", details={"reasons": codes})


def _question(
    event_type: EventType, period: Period, now: datetime, zone: str, moving: str | None
) -> Question:
    begins, ends = (int(instant.timestamp()) for instant in period)
    rules = rules_of(event_type, (ends - begins) // 60, interval=event_type.length)
    return Question(event_type, rules, begins, ends, now, zone=zone, moving=moving, holds=Holds.BINDING)


def _with_booking(situation: Situation, event_type: EventType, period: Period) -> Situation:
    """Return the situation once a period has been booked."""
    begins, ends = (int(instant.timestamp()) for instant in period)
    busy = engine.buffered(
        begins,
        ends,
        event_type.before_event_buffer,
        event_type.after_event_buffer,
        booked_before=event_type.before_event_buffer,
        booked_after=event_type.after_event_buffer,
    )
    return replace(
        situation,
        hosts=[replace(host, busy=[*host.busy, busy]) for host in situation.hosts],
        taken=replace(situation.taken, counted=[*situation.taken.counted, (begins, ends)]),
    )


def _limit_code(reasons: Sequence[engine.Reason]) -> str:
    limited = [str(reason.reference) for reason in reasons if reason.code is Code.LIMIT]
    is_duration = limited and all(reference.startswith("bookingLimitsDuration") for reference in limited)
    return "duration_limit_reached" if is_duration else "booking_limit_reached"
