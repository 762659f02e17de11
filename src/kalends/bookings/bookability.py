"""Whether a time can be booked, decided by the engine that lists slots, under the locks that keep it so."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kalends.accounts.user import User
from kalends.bookings.actors import Actor
from kalends.bookings.refusals import HostLocked, time_refusal
from kalends.db.database import UnitOfWork
from kalends.db.locks import lock_hosts
from kalends.event_types import service as event_types
from kalends.event_types.event_type import EventType
from kalends.reservations import service as reservations
from kalends.scheduling import engine
from kalends.scheduling.engine import Code
from kalends.slots import effort
from kalends.slots import service as slots
from kalends.slots.rows import subject_of
from kalends.slots.situation import CountedReservations, Question, Situation, ask, load

Period = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class WantedTime:
    """A time of an event type that a booking is to have.

    `zone` is the booker's, `moving` the uid of the booking that leaves its own time for this one.
    """

    event_type: EventType
    period: Period
    zone: str
    moving: str | None = None


async def lock_time(work: UnitOfWork, event_type: EventType, host_id: int) -> None:
    """Lock the time of a host, and the counts of the event type if it has limits."""
    counted = event_type.id if event_type.counts_bookings else None
    await lock_hosts(work, [host_id], event_type_id=counted)


async def make_way(
    work: UnitOfWork, actor: Actor, event_type: EventType, periods: Sequence[Period], *, now: datetime
) -> None:
    """Release what strangers hold of these periods, because the host of the event type wants them.

    The caller has locked the time.
    """
    host = event_types.user_of(event_type)
    if actor.user_id == host.id:
        before, after = event_type.terms.time_before, event_type.terms.time_after
        buffered = [(start - before, end + after) for start, end in periods]
        await reservations.give_way(work, host.id, buffered, now=now)


async def use_reservation(
    work: UnitOfWork, event_type: EventType, uid: UUID | None, period: Period, *, now: datetime
) -> None:
    """Use up the reservation that a booking of this period names; `uid` None: it names none.

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
        HostLocked: their account is locked.
    """
    if host.is_locked:
        raise HostLocked


async def require_free(
    work: UnitOfWork,
    wanted: WantedTime,
    *,
    now: datetime,
    among: Collection[Code] | None = None,
    is_occurrence: bool = False,
    is_move: bool = False,
) -> None:
    """Check that a time can be booked; `among` are the codes that count against it, None: all.

    `is_occurrence` and `is_move` are those of `time_refusal`.

    Raises:
        TimeUnavailable, StartOutOfBounds, TimeOutOfBounds, BookingLimitReached, DurationLimitReached,
            SeatsFull: it cannot.
    """
    question = _question(wanted, now)
    if among is not None and Code.BOOKING_WINDOW not in among:
        # A rolling window takes a while to work out, and nobody asks for it.
        question = replace(question, settled=replace(question.rules, window=None))
    verdict = await slots.check(work.connection, question)
    counted = [reason for reason in verdict.reasons if among is None or reason.code in among]
    if counted:
        raise time_refusal(counted, wanted.period[0], is_occurrence=is_occurrence, is_move=is_move)


async def require_all_free(
    work: UnitOfWork, event_type: EventType, periods: Sequence[Period], *, now: datetime, zone: str
) -> None:
    """Check that sorted periods can be booked one after the other.

    Raises:
        TimeUnavailable, StartOutOfBounds, BookingLimitReached, DurationLimitReached, SeatsFull: one cannot;
            of several, the refusal names it.
    """
    span = (periods[0][0], max(end for _, end in periods))
    question = _question(WantedTime(event_type, span, zone), now)
    situation = await load(work.connection, question, names_bookings=True)

    def check_each() -> None:
        known = situation
        first = _question(WantedTime(event_type, periods[0], zone), now)
        rules = ask(engine.settled, first, situation)
        for period in periods:
            asked = _question(WantedTime(event_type, period, zone), now)
            verdict = ask(engine.check, replace(asked, settled=rules), known)
            if not verdict.is_accepted:
                raise time_refusal(verdict.reasons, period[0], is_occurrence=len(periods) > 1)
            known = _with_booking(known, event_type, period)

    await effort.answer(question, situation, check_each, times=len(periods))


def _question(wanted: WantedTime, now: datetime) -> Question:
    begins, ends = (int(instant.timestamp()) for instant in wanted.period)
    return Question(
        subject_of(wanted.event_type),
        (ends - begins) // 60,
        begins,
        ends,
        now,
        zone=wanted.zone,
        moving=wanted.moving,
        reservations=CountedReservations.BINDING,
    )


def _with_booking(situation: Situation, event_type: EventType, period: Period) -> Situation:
    """Return the situation after a period has been booked."""
    begins, ends = (int(instant.timestamp()) for instant in period)
    before, after = event_type.terms.before_event_buffer, event_type.terms.after_event_buffer
    busy = engine.buffered(begins, ends, before, after, booked_before=before, booked_after=after)
    return replace(
        situation,
        hosts=[replace(host, busy=[*host.busy, busy]) for host in situation.hosts],
        taken=replace(situation.taken, counted=[*situation.taken.counted, (begins, ends)]),
    )
