"""What can be booked, whether a time can, and why not."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from kalends.api.errors import BadRequest, NotFound, Unauthorized
from kalends.auth.principal import Principal
from kalends.db.database import Connection
from kalends.event_types import service as event_types
from kalends.scheduling import engine
from kalends.scheduling.zones import day_of_date, day_start
from kalends.slots import queries
from kalends.slots.availability import Question, Situation, ask, load, load_found, range_of_any
from kalends.slots.rows import Found, Offer, Range, Source
from kalends.slots.terms import Terms
from kalends.teams import service as teams


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
    """What stands against `[start, end)` of an event type or a group with these terms, and its hosts."""

    terms: Terms
    start: int
    end: int
    is_available: bool
    reasons: Sequence[engine.Reason]
    host_ids: Sequence[int]


async def list_slots(
    connection: Connection,
    command: ListSlots,
    *,
    now: datetime,
    longest_days: int,
    most_slots: int | None = None,
) -> Slots:
    """Return the slots that are open.

    Raises:
        BadRequest: the range is longer than `longest_days`, or has more than `most_slots`; None: as many as
            there are.
        NotFound: nothing has this address.
        Unauthorized: somebody of a group does not take part in groups.
    """
    if command.end - command.start > longest_days * 86_400:
        raise BadRequest(f"start and end must be at most {longest_days} days apart.")
    end = max(command.start, command.end)
    asked = range_of_any(command.start, end, now=now, moving=command.moving)
    found = await _find(connection, command.address, asked)
    if command.start == end or not found.hosts:
        return NO_SLOTS
    length = command.duration or found.terms.length
    rules = found.terms.rules(length)
    question = Question(
        found.terms, rules, command.start, command.end, now, zone=command.zone, moving=command.moving
    )
    situation = await load_found(connection, question, found)
    if most_slots is not None and command.end - command.start > most_slots * rules.interval * 60:
        # Laying the grid alone takes a hundredth of what it takes to hold each start against reservations,
        # and to write it.
        hours = Situation(situation.hosts, engine.NOTHING_TAKEN)
        _check_count(ask(engine.list_slots, question, hours), most_slots)
    starts = ask(engine.list_slots, question, situation)
    _check_count(starts, most_slots)
    if found.terms.seats is None:
        return Slots(starts, length, found.terms.id)
    return Slots(starts, length, found.terms.id, found.terms.seats, _taken_seats(situation.taken))


def _check_count(starts: Sequence[int], most: int | None) -> None:
    if most is not None and len(starts) > most:
        raise BadRequest(
            f"start, end and duration: more than {most} slots; ask for a shorter range or for longer ones."
        )


async def _find(connection: Connection, address: SlotsAddress, asked: Range) -> Found:
    """Return what has an address.

    Raises:
        NotFound: nothing has; the message says what is missing.
        Unauthorized: somebody of a group does not take part in groups.
    """
    for source in _sources(address):
        found = await queries.find(connection, source, asked)
        if found is None:
            continue
        if found.is_refused:
            raise Unauthorized("usernames: somebody of them does not take part in groups.", code="TRPCError")
        return found
    raise await _missing(connection, address)


def _sources(address: SlotsAddress) -> Iterator[Source]:
    """Yield where to look for what has an address, one after the other."""
    slug, organization = address.event_type_slug or "", address.organization_slug or None
    if address.event_type_id is not None:
        # Most event types are users', and reading one of them alone is faster.
        yield queries.user_event_type(address.event_type_id)
        yield queries.team_event_type(address.event_type_id)
    elif address.usernames is not None:
        yield queries.group(address.usernames, organization or "")
    elif address.username is not None:
        yield queries.user_event_type_by_slug(address.username, slug, organization)
    else:
        yield queries.team_event_type_by_slug(address.team_slug or "", slug, organization)


async def _missing(connection: Connection, address: SlotsAddress) -> NotFound:
    """Return what to say of an address that nothing has.

    Raises:
        NotFound: the same, where not even whose event type it would be is known.
    """
    slug, organization = address.event_type_slug, address.organization_slug or None
    if address.event_type_id is not None:
        return _no_event_type(address.event_type_id)
    if address.username is None:
        await teams.require_team(connection, address.team_slug or "", organization)
        return NotFound(f"The team {address.team_slug!r} has no event type {slug!r}.")
    await event_types.get_by_slug(connection, address.username, slug or "", organization)
    return NotFound(f"The event type {slug!r} was made in this very moment; ask once more.")


def _no_event_type(event_type_id: int) -> NotFound:
    return NotFound(f"There is no event type {event_type_id}.")


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


async def get_offer(connection: Connection, event_type_id: int) -> Offer:
    """Return an event type of a user or a team, as far as a reservation goes.

    Raises:
        NotFound: there is none with this id.
    """
    offer = await queries.find_offer(connection, event_type_id)
    if offer is None:
        raise _no_event_type(event_type_id)
    return offer


async def explain(connection: Connection, command: Explain, *, now: datetime) -> Explained:
    """Say why a time can or cannot be booked; a date is available when it offers a slot.

    Raises:
        NotFound: nothing has this address.
        Unauthorized: somebody of a group does not take part in groups.
    """
    begins, ends = _explained_range(command, 0)
    found = await _find(connection, command.address, Range(begins, ends, now, command.moving))
    length = command.duration or found.terms.length
    start, end = _explained_range(command, length)
    question = Question(
        found.terms, found.terms.rules(length), start, end, now, zone=command.zone, moving=command.moving
    )
    situation = await load_found(connection, question, found, names_bookings=True)
    if isinstance(command.at, date):
        is_available = bool(ask(engine.list_slots, question, situation))
        reasons = ask(engine.explain_range, question, situation)
    else:
        is_available = ask(engine.check, question, situation).is_accepted
        reasons = ask(engine.explain, question, situation)
    host_ids = [host.id for host in situation.hosts]
    return Explained(found.terms, start, end, is_available, reasons, host_ids)


def _explained_range(command: Explain, length: int) -> tuple[int, int]:
    if isinstance(command.at, date):
        day = day_of_date(command.at)
        return day_start(command.zone, day), day_start(command.zone, day + 1)
    return command.at, command.at + length * 60


async def may_see_reasons(connection: Connection, terms: Terms, caller: Principal | None) -> bool:
    """Tell whether a caller may learn what keeps the hosts: the owner, or a member of the team."""
    if caller is None:
        return False
    if terms.team_id is not None:
        return await teams.is_member(connection, caller.user.id, terms.team_id)
    return terms.user_id == caller.user.id
