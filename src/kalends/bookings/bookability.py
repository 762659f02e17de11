"""Whether a time can be booked, decided by the engine that lists slots, under the locks that keep it so."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kalends.accounts.user import User
from kalends.bookings.refusals import HostLocked, time_refusal
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
    of: datetime | None = None,
    is_move: bool = False,
) -> None:
    """Check that a time can be booked; of what stands against it only the codes `among` all count.

    `of` and `is_move` are those of `time_refusal`.

    Raises:
        TimeUnavailable, TimeOutOfBounds, BookingLimitReached, DurationLimitReached, SeatsFull: it cannot.
    """
    verdict = await slots.check(work.connection, _question(wanted, now))
    counted = [reason for reason in verdict.reasons if among is None or reason.code in among]
    if counted:
        raise time_refusal(counted, of=of, is_move=is_move)


async def require_all_free(
    work: UnitOfWork, event_type: EventType, periods: Sequence[Period], *, now: datetime, zone: str
) -> None:
    """Check that each of several periods, sorted, can be booked after those before it.

    Raises:
        TimeUnavailable, BookingLimitReached, DurationLimitReached, SeatsFull: one cannot; of several, the
            refusal names it.
    """
    span = (periods[0][0], max(end for _, end in periods))
    question = _question(WantedTime(event_type, span, zone), now)
    situation = await load(work.connection, question, names_bookings=True)
    for period in periods:
        verdict = ask(engine.check, _question(WantedTime(event_type, period, zone), now), situation)
        if not verdict.is_accepted:
            raise time_refusal(verdict.reasons, of=period[0] if len(periods) > 1 else None)
        situation = _with_booking(situation, event_type, period)


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
    """Return the situation once a period has been booked."""
    begins, ends = (int(instant.timestamp()) for instant in period)
    before, after = event_type.terms.before_event_buffer, event_type.terms.after_event_buffer
    busy = engine.buffered(begins, ends, before, after, booked_before=before, booked_after=after)
    return replace(
        situation,
        hosts=[replace(host, busy=[*host.busy, busy]) for host in situation.hosts],
        taken=replace(situation.taken, counted=[*situation.taken.counted, (begins, ends)]),
    )
