"""The rules of reservations (slots.md 3, and 12, nos. 12 to 17)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from kalends.api.refusals import BoundReached
from kalends.auth.principal import Principal
from kalends.db.database import Connection, UnitOfWork
from kalends.db.locks import lock_hosts, lock_stranger
from kalends.event_types import service as event_types
from kalends.event_types.event_type import EventType
from kalends.event_types.owner import TeamOwner, UserOwner
from kalends.reservations import queries
from kalends.reservations.refusals import (
    AnonymousDuration,
    AnonymousExtension,
    DurationOfStranger,
    DurationTooLong,
    NoHosts,
    SlotLengthFixed,
    SlotLengthNotOffered,
    SlotNotBookable,
    SlotTaken,
    UnknownReservation,
)
from kalends.reservations.reservation import Reservation
from kalends.scheduling.engine import Code, Reason
from kalends.scheduling.time.zones import DAY
from kalends.slots import service as slots
from kalends.slots.refusals import UnknownEventTypeId
from kalends.slots.rows import subject_of
from kalends.slots.situation import CountedReservations, Question
from kalends.teams import service as teams

DEFAULT_MINUTES = 5
"""How long a reservation lasts unless an authenticated caller chooses otherwise."""

# A reservation does not check hours, notice and booking window: the booking does.
_TAKEN = frozenset(
    {Code.BOOKING, Code.CALENDAR, Code.BUFFER, Code.LIMIT, Code.RESERVED, Code.SEATS_FULL, Code.OUT_OF_OFFICE}
)

_KEPT_AFTER_RELEASE = timedelta(days=1)
_PURGED_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Reserve:
    """A slot to keep, by a new reservation or in place of what one keeps so far.

    `slot_minutes` is the length that the client chose, `listed_minutes` that of the listed slot it named;
    both None: the event type's. `minutes` is how long to keep it, None: the default. `is_binding` None:
    what the server's settings say.
    """

    event_type_id: int
    start: datetime
    slot_minutes: int | None
    listed_minutes: int | None
    minutes: int | None
    is_binding: bool | None


@dataclass(frozen=True, slots=True)
class Policy:
    """What the server's settings say of reservations.

    The last three are about binding ones without a credential: most of an event type and in all, for an
    address, and how long one may last.
    """

    longest_minutes: int
    is_binding: bool
    strangers_most: int
    strangers_most_in_all: int
    strangers_minutes: int


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a slot: a caller, None for a stranger, from a part of the address space."""

    caller: Principal | None
    network: str


async def create(
    work: UnitOfWork, asker: Asker, command: Reserve, *, now: datetime, policy: Policy
) -> Reservation:
    """Reserve a slot that is not taken.

    Raises:
        AnonymousDuration: an anonymous caller chooses how long.
        DurationOfStranger: the caller chooses how long for an event type of people who share no team with
            them.
        DurationTooLong: it is to be kept for too long.
        UnknownEventTypeId, NoHosts: there is no such event type, or it has no hosts.
        SlotLengthFixed, SlotLengthNotOffered: the length is not one of the event type.
        SlotTaken: the time is taken; `details.reasons` says by what.
        SlotNotBookable, BoundReached: a stranger is to have a binding one of a time that nobody can book, or
            has as many as may be.
    """
    caller = asker.caller
    if command.minutes and caller is None:
        raise AnonymousDuration
    event_type = await _get_event_type(work, command.event_type_id)
    await _check_duration(work, event_type, caller, command, policy)
    slot_minutes = _slot_minutes(event_type, command)
    end = command.start + timedelta(minutes=slot_minutes)
    await _lock(work, event_type)
    able = await _check_free(
        work,
        event_type,
        (command.start, end),
        now=now,
        own=None,
        is_bookable=_is_binding(command, policy) and caller is None,
    )
    await queries.delete_expired(work, now - _KEPT_AFTER_RELEASE, _PURGED_AT_ONCE)
    made = Reservation(
        uid=str(uuid4()),
        event_type_id=command.event_type_id,
        start=command.start,
        end=end,
        release_at=_release_at(command, now),
        is_seat=event_type.terms.seats is not None,
        is_binding=_is_binding(command, policy),
    )
    if made.is_binding and caller is None:
        made = await _held_by_stranger(work, asker.network, made, since=now, now=now, policy=policy)
    await queries.save(work, made, await _hosts_of(work, event_type, made, able, now=now))
    return made


async def find(connection: Connection, uid: UUID | None) -> Reservation | None:
    """Return a reservation, expired or not; None for one that is unknown."""
    return None if uid is None else await queries.find(connection, uid)


async def replace_slot(
    work: UnitOfWork,
    asker: Asker,
    uid: UUID | None,
    command: Reserve,
    *,
    now: datetime,
    policy: Policy,
) -> Reservation:
    """Replace the slot that a reservation keeps, be it by the same one for longer.

    The command says all of it again, as for a new reservation: nothing is merged with what is stored
    (slots.md 3.3). Only a length that it does not name stays, while the event type does.

    Raises:
        UnknownReservation: there is no such reservation.
        AnonymousExtension: an anonymous caller keeps it for longer than the default.
        the others of `create`; whoever knows the uid may renew it for the default time.
    """
    caller = asker.caller
    stored = await find(work.connection, uid)
    if stored is None or uid is None:
        raise UnknownReservation
    chooses_longer = (command.minutes or 0) > DEFAULT_MINUTES
    if chooses_longer and caller is None:
        raise AnonymousExtension(DEFAULT_MINUTES)
    event_type = await _get_event_type(work, command.event_type_id)
    if chooses_longer:
        await _check_duration(work, event_type, caller, command, policy)
    slot_minutes = _slot_minutes(event_type, command)
    if (
        command.slot_minutes is None
        and command.listed_minutes is None
        and command.event_type_id == stored.event_type_id
    ):
        slot_minutes = stored.minutes
    end = command.start + timedelta(minutes=slot_minutes)
    await _lock(work, event_type)
    is_binding = stored.is_binding if command.is_binding is None else command.is_binding
    # A binding reservation that was made with a credential stays one, whoever renews it.
    is_strangers = is_binding and caller is None and (stored.stranger is not None or not stored.is_binding)
    able = await _check_free(
        work, event_type, (command.start, end), now=now, own=stored.uid, is_bookable=is_strangers
    )
    if not await queries.lock(work, uid):
        raise UnknownReservation
    updated = Reservation(
        uid=stored.uid,
        event_type_id=command.event_type_id,
        start=command.start,
        end=end,
        release_at=_release_at(command, now),
        is_seat=event_type.terms.seats is not None,
        is_binding=is_binding,
    )
    if is_strangers:
        network, since = stored.stranger or asker.network, stored.held_since or now
        updated = await _held_by_stranger(work, network, updated, since=since, now=now, policy=policy)
    await queries.save(work, updated, await _hosts_of(work, event_type, updated, able, now=now))
    return updated


async def delete(work: UnitOfWork, uid: UUID | None) -> None:
    """Delete a reservation; an unknown one is gone already."""
    if uid is not None:
        await queries.delete(work, uid)


async def give_way(
    work: UnitOfWork, host_id: int, periods: Sequence[tuple[datetime, datetime]], *, now: datetime
) -> None:
    """Delete what strangers hold of a host's time in these periods, because the host wants it.

    The caller has locked the host's time.
    """
    starts, ends = [start for start, _ in periods], [end for _, end in periods]
    await queries.delete_of_strangers(work, host_id, starts, ends, now)


async def consume(
    work: UnitOfWork, uid: UUID, event_type_id: int, start: datetime, end: datetime, *, now: datetime
) -> Reservation | None:
    """Use up a live reservation for the booking that names it; the caller has locked the hosts.

    Return it, or None when it has expired, is unknown, or keeps something else: another time, or a seat of
    another start.
    """
    await event_types.keep(work, event_type_id)
    reservation = await queries.find(work.connection, uid)
    if (
        reservation is None
        or reservation.release_at <= now
        or reservation.event_type_id != event_type_id
        or not (reservation.start < end and start < reservation.end)
        or (reservation.is_seat and reservation.start != start)
    ):
        return None
    await queries.delete(work, uid)
    return reservation


async def count_binding_seats(
    connection: Connection, event_type_id: int, start: datetime, *, now: datetime
) -> int:
    """Return how many seats of a start binding reservations keep."""
    return await queries.count_binding_seats(connection, event_type_id, start, now)


async def _get_event_type(work: UnitOfWork, event_type_id: int) -> EventType:
    # Before the time is locked: whoever deletes its host locks event types first too.
    event_type = await event_types.find_kept(work, event_type_id)
    if event_type is None:
        raise UnknownEventTypeId(event_type_id)
    return event_type


async def _check_duration(
    work: UnitOfWork, event_type: EventType, caller: Principal | None, command: Reserve, policy: Policy
) -> None:
    if not command.minutes:
        return
    if caller is None or not await _may_choose(work, event_type, caller.user.id):
        raise DurationOfStranger
    if command.minutes > policy.longest_minutes:
        raise DurationTooLong(policy.longest_minutes)


async def _may_choose(work: UnitOfWork, event_type: EventType, user_id: int) -> bool:
    """Tell whether a user may choose how long an event type's time is kept (slots.md 3.1)."""
    match event_type.owner:
        case UserOwner(owner):
            return owner.id == user_id or await teams.share_team(work.connection, user_id, owner.id)
        case TeamOwner(team):
            return await teams.is_member(work.connection, user_id, team.id)


def _slot_minutes(event_type: EventType, command: Reserve) -> int:
    options = event_type.length_options
    if command.slot_minutes is not None and not options:
        raise SlotLengthFixed
    allowed = options or (event_type.terms.length,)
    for name, minutes in (("slotDuration", command.slot_minutes), ("slotUid", command.listed_minutes)):
        if minutes is not None and minutes not in allowed:
            raise SlotLengthNotOffered(name, allowed)
    return command.slot_minutes or command.listed_minutes or event_type.terms.length


async def _lock(work: UnitOfWork, event_type: EventType) -> None:
    if not event_type.hosts:
        raise NoHosts
    counted = event_type.id if event_type.terms.counts_bookings else None
    await lock_hosts(work, [host.user.id for host in event_type.hosts], event_type_id=counted)


async def _held_by_stranger(
    work: UnitOfWork, network: str, wanted: Reservation, *, since: datetime, now: datetime, policy: Policy
) -> Reservation:
    """Return a binding reservation as somebody without a credential may have it.

    Raises:
        BoundReached: there are as many from this address, or it was held for as long as may be.
    """
    await lock_stranger(work, network)
    of_event_type, in_all = await queries.count_of_stranger(
        work, network, wanted.event_type_id, without=UUID(wanted.uid), now=now
    )
    if of_event_type >= policy.strangers_most:
        raise BoundReached("binding", policy.strangers_most, "of an event type without a credential")
    if in_all >= policy.strangers_most_in_all:
        raise BoundReached("binding", policy.strangers_most_in_all, "without a credential")
    last = since + timedelta(minutes=policy.strangers_minutes)
    if last <= now:
        raise BoundReached("binding", policy.strangers_minutes, "minutes in all without a credential")
    return replace(wanted, release_at=min(wanted.release_at, last), stranger=network, held_since=since)


async def _check_free(
    work: UnitOfWork,
    event_type: EventType,
    period: tuple[datetime, datetime],
    *,
    now: datetime,
    own: str | None,
    is_bookable: bool,
) -> Sequence[int]:
    """Check that a time is not taken, and return the hosts who are free; none if only hours are against it.

    With `is_bookable` it must be one that somebody could book. `own` is the uid of a reservation that does
    not stand in the way.

    Raises:
        SlotTaken: it is taken.
        SlotNotBookable: nobody could book it.
    """
    begins, ends = (int(instant.timestamp()) for instant in period)
    question = Question(
        subject_of(event_type),
        (ends - begins) // 60,
        begins,
        ends,
        now,
        reservations=CountedReservations.KEEPING_HOSTS,
        own_reservation=own,
    )
    verdict = await slots.check(work.connection, question)
    reasons = list(dict.fromkeys(str(found.code) for found in verdict.reasons if found.code in _TAKEN))
    if reasons:
        raise SlotTaken(reasons, period[0])
    closed = [found for found in verdict.reasons if not _is_about_zone(found, begins)]
    if is_bookable and closed:
        raise SlotNotBookable(list(dict.fromkeys(str(found.code) for found in closed)), period[0])
    return verdict.host_ids


def _is_about_zone(reason: Reason, start: int) -> bool:
    """Tell whether a booking window that is closed here may be open where the booker lives."""
    if reason.code is not Code.BOOKING_WINDOW:
        return False
    opens, closes = reason.end, reason.start
    return (opens is None or start >= opens - DAY) and (closes is None or start < closes + DAY)


async def _hosts_of(
    work: UnitOfWork, event_type: EventType, reservation: Reservation, able: Sequence[int], *, now: datetime
) -> list[int]:
    """Return the hosts whose time a reservation takes: of those who rotate, one is enough.

    That is the first who is free and whom no other reservation of this event type takes.
    """
    taken = [host.user.id for host in event_type.hosts if host.is_fixed]
    rotating = [host.user.id for host in event_type.hosts if not host.is_fixed]
    if rotating:
        free = [host_id for host_id in rotating if host_id in able] or rotating
        held = await queries.find_reserved_hosts(work, reservation, now)
        taken.append(next((host_id for host_id in free if host_id not in held), free[0]))
    return taken


def _release_at(command: Reserve, now: datetime) -> datetime:
    minutes = DEFAULT_MINUTES if command.minutes is None else command.minutes
    return now + timedelta(minutes=minutes)


def _is_binding(command: Reserve, policy: Policy) -> bool:
    return policy.is_binding if command.is_binding is None else command.is_binding
