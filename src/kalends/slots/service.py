"""What can be booked, whether a time can, and why not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from kalends.api.errors import BadRequest, NotFound
from kalends.db.database import Connection
from kalends.event_types import service as event_types
from kalends.event_types.event_type import EventType
from kalends.scheduling import engine
from kalends.scheduling.zones import day_of_date, day_start
from kalends.slots import queries
from kalends.slots.availability import Question, ask, load, load_found, range_of_any
from kalends.slots.queries import Found, Range
from kalends.slots.terms import terms_of


@dataclass(frozen=True, slots=True)
class SlotsAddress:
    """Whose slots are asked for: an event type by id or by username and slug, a team's, or a group's."""

    event_type_id: int | None = None
    username: str | None = None
    team_slug: str | None = None
    event_type_slug: str | None = None
    organization_slug: str | None = None
    usernames: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ListSlots:
    """Slots to list, in `[start, end]` epoch seconds.

    `duration` in minutes, None: the event type's length. `zone` groups the days. `moving` is the uid of a
    booking that is to be moved, and so does not stand in its own way.
    """

    address: SlotsAddress
    start: int
    end: int
    zone: str
    duration: int | None
    moving: str | None


@dataclass(frozen=True, slots=True)
class TakenSeats:
    """How many seats of a slot are booked or held, and the booking if there is one."""

    count: int
    booking_uid: str | None


@dataclass(frozen=True, slots=True)
class Slots:
    """The starts of slots, epoch seconds, sorted; `length` in minutes.

    `seats` None: they are not shared; else how many a slot has, and by its start those that are `taken`.
    """

    starts: Sequence[int]
    length: int
    event_type_id: int | None
    seats: int | None = None
    taken: Mapping[int, TakenSeats] = field(default_factory=dict)


GROUP_LENGTH = 30
"""Minutes of a group meeting that names no duration."""

NO_SLOTS = Slots((), 0, None)


@dataclass(frozen=True, slots=True)
class Explain:
    """A time to explain: the slot that starts `at` an epoch second, or a whole date of `zone`."""

    address: SlotsAddress
    at: int | date
    zone: str
    duration: int | None
    moving: str | None


@dataclass(frozen=True, slots=True)
class Explained:
    """What stands against `[start, end)`; `event_type` None: a group that has nobody."""

    event_type: EventType | None
    start: int
    end: int
    is_available: bool
    reasons: Sequence[engine.Reason]
    host_ids: Sequence[int]


async def list_slots(
    connection: Connection, command: ListSlots, *, now: datetime, longest_days: int
) -> Slots:
    """Return the slots that are open.

    Raises:
        BadRequest: the range is longer than `longest_days`.
        NotFound: nothing has this address.
    """
    if command.end - command.start > longest_days * 86_400:
        raise BadRequest(f"start and end must be at most {longest_days} days apart.")
    if command.address.usernames is not None:
        return NO_SLOTS
    if command.end <= command.start:
        await resolve(connection, command.address)
        return NO_SLOTS
    asked = range_of_any(command.start, command.end, now=now, moving=command.moving)
    found = await _find(connection, command.address, asked)
    length = command.duration or found.terms.length
    question = Question(
        found.terms,
        found.terms.rules(length),
        command.start,
        command.end,
        now,
        zone=command.zone,
        moving=command.moving,
    )
    situation = await load_found(connection, question, found)
    starts = ask(engine.list_slots, question, situation)
    if found.terms.seats is None:
        return Slots(starts, length, found.terms.id)
    return Slots(starts, length, found.terms.id, found.terms.seats, _taken_seats(situation.taken))


async def _find(connection: Connection, address: SlotsAddress, asked: Range) -> Found:
    if address.event_type_id is not None:
        found = await queries.find_by_id(connection, address.event_type_id, asked)
    elif address.username is not None and not address.organization_slug:
        found = await queries.find_by_slug(connection, address.username, address.event_type_slug or "", asked)
    else:
        found = None
    if found is None:
        # Says what is missing; or it was made in this very moment.
        await resolve(connection, address)
        return await _find(connection, address, asked)
    return found


def _taken_seats(taken: engine.Taken) -> dict[int, TakenSeats]:
    held = Counter(reservation.start for reservation in taken.reservations if reservation.is_seat)
    counts = {
        seated.start: TakenSeats(seated.taken + held.pop(seated.start, 0), str(seated.reference))
        for seated in taken.seated
    }
    return counts | {start: TakenSeats(count, None) for start, count in held.items()}


async def check(connection: Connection, question: Question) -> engine.Verdict:
    """Decide with the engine that lists slots whether the range of a question can be booked."""
    return ask(engine.check, question, await load(connection, question, names_bookings=True))


async def explain(connection: Connection, command: Explain, *, now: datetime) -> Explained:
    """Say why a time can or cannot be booked; a date is available when it offers a slot.

    Raises:
        NotFound: nothing has this address.
    """
    event_type = await resolve(connection, command.address)
    length = command.duration or (event_type.length if event_type else GROUP_LENGTH)
    start, end = _explained_range(command, length)
    if event_type is None:
        nobody = engine.Reason(engine.Code.NO_HOSTS)
        return Explained(None, start, end, is_available=False, reasons=[nobody], host_ids=[])
    question = Question(
        event_type,
        terms_of(event_type).rules(length),
        start,
        end,
        now,
        zone=command.zone,
        moving=command.moving,
    )
    situation = await load(connection, question, names_bookings=True)
    if isinstance(command.at, date):
        is_available = bool(ask(engine.list_slots, question, situation))
        reasons = ask(engine.explain_range, question, situation)
    else:
        is_available = ask(engine.check, question, situation).is_accepted
        reasons = ask(engine.explain, question, situation)
    host_ids = [host.id for host in situation.hosts]
    return Explained(event_type, start, end, is_available, reasons, host_ids)


def _explained_range(command: Explain, length: int) -> tuple[int, int]:
    if isinstance(command.at, date):
        day = day_of_date(command.at)
        return day_start(command.zone, day), day_start(command.zone, day + 1)
    return command.at, command.at + length * 60


async def resolve(connection: Connection, address: SlotsAddress) -> EventType | None:
    """Return the event type at an address; None for a group whose organization has nobody of it."""
    if address.event_type_id is not None:
        return await event_types.get(connection, address.event_type_id)
    if address.usernames is not None:
        return None
    if address.organization_slug:
        raise NotFound(f"There is no organization {address.organization_slug!r}.")
    if address.username is None:
        raise NotFound(f"There is no team {address.team_slug!r}.")
    return await event_types.get_by_slug(connection, address.username, address.event_type_slug or "")
