"""What can be booked, whether a time can, and why not."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

from kalends.auth.principal import Principal
from kalends.db.database import Connection
from kalends.event_types import service as event_types
from kalends.event_types.address import EventTypeAddress, IdAddress, SlugAddress, UserAddress, lookup_of
from kalends.scheduling import engine
from kalends.scheduling.zones import day_of_date, day_start
from kalends.slots import effort, queries
from kalends.slots.refusals import NotInGroups, RangeTooLong, TooManySlots, UnknownEventTypeId
from kalends.slots.rows import FoundSubject, Range, Source, Subject
from kalends.slots.situation import (
    Question,
    Situation,
    ask,
    load,
    load_found,
    range_of_any,
)
from kalends.teams import service as teams


@dataclass(frozen=True, slots=True)
class GroupAddress:
    """A group that meets ad hoc: users of an organization by their names."""

    usernames: tuple[str, ...]
    organization_slug: str


SlotsAddress: TypeAlias = EventTypeAddress | GroupAddress
"""Whose slots are asked for."""


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
class ExplainedTime:
    """What stands against `[start, end)` of an event type or a group, and its hosts."""

    subject: Subject
    start: int
    end: int
    is_available: bool
    reasons: Sequence[engine.Reason]
    host_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question about slots with all that must be known to answer it."""

    question: Question
    situation: Situation


async def list_slots(
    connection: Connection, command: ListSlots, *, now: datetime, longest_days: int
) -> Slots:
    """Return the slots that are open, however many: as `read_inquiry` and `answer_inquiry` do."""
    return await answer_inquiry(
        await read_inquiry(connection, command, now=now, longest_days=longest_days), most_slots=None
    )


async def read_inquiry(
    connection: Connection, command: ListSlots, *, now: datetime, longest_days: int
) -> Inquiry | None:
    """Read what tells which slots are open; None: there are none.

    Raises:
        RangeTooLong: the range is longer than `longest_days`.
        NotFound: nothing has this address.
        NotInGroups: somebody of a group does not take part in groups.
    """
    if command.end - command.start > longest_days * 86_400:
        raise RangeTooLong(longest_days)
    end = max(command.start, command.end)
    asked = range_of_any(command.start, end, now=now, moving=command.moving)
    found = await _find(connection, command.address, asked)
    if command.start == end or not found.hosts:
        return None
    length = command.duration or found.subject.terms.length
    question = Question(
        found.subject, length, command.start, command.end, now, zone=command.zone, moving=command.moving
    )
    return Inquiry(question, await load_found(connection, question, found))


async def answer_inquiry(inquiry: Inquiry | None, *, most_slots: int | None) -> Slots:
    """Return the slots that are open. It may take a while, and needs no connection.

    Raises:
        TooManySlots: there are more than `most_slots`; None: as many as there are.
    """
    if inquiry is None:
        return NO_SLOTS
    question, situation = inquiry.question, inquiry.situation

    def starts_of() -> list[int]:
        span = question.end - question.start
        if most_slots is not None and span > most_slots * question.rules.interval * 60:
            # Laying the grid takes a hundredth of the time of checking each start against reservations
            # and writing it.
            hours = Situation(situation.hosts, engine.NOTHING_TAKEN)
            _check_count(ask(engine.list_slots, question, hours), most_slots)
        return ask(engine.list_slots, question, situation)

    starts = await effort.answer(question, situation, starts_of)
    _check_count(starts, most_slots)
    event_type_id, seats = question.subject.event_type_id, question.rules.seats
    if seats is None:
        return Slots(starts, question.length, event_type_id)
    return Slots(starts, question.length, event_type_id, seats, _taken_seats(situation.taken))


def _check_count(starts: Sequence[int], most: int | None) -> None:
    if most is not None and len(starts) > most:
        raise TooManySlots(most)


async def _find(connection: Connection, address: SlotsAddress, asked: Range) -> FoundSubject:
    """Return what has an address.

    Raises:
        NotFound: nothing has; the message says what is missing.
        NotInGroups: somebody of a group does not take part in groups.
    """
    for source in _sources(address):
        found = await queries.find(connection, source, asked)
        if found is None:
            continue
        if found.is_refused:
            raise NotInGroups
        return found
    match address:
        case IdAddress(event_type_id):
            raise UnknownEventTypeId(event_type_id)
        case SlugAddress():
            raise await event_types.refusal_of(connection, address)
        case GroupAddress():
            raise LookupError("a group that nobody is found of is empty, not missing")


def _sources(address: SlotsAddress) -> Iterator[Source]:
    """Yield where to look for what has an address, one after the other."""
    match address:
        case IdAddress():
            # Most event types are users', and reading one of them alone is faster.
            lookup = lookup_of(address)
            yield queries.user_event_type(lookup)
            yield queries.team_event_type(lookup)
        case SlugAddress(UserAddress()):
            yield queries.user_event_type(lookup_of(address))
        case SlugAddress():
            yield queries.team_event_type(lookup_of(address))
        case GroupAddress(usernames, organization_slug):
            yield queries.group(usernames, organization_slug)


def _taken_seats(taken: engine.Taken) -> dict[int, TakenSeats]:
    held = Counter(reservation.start for reservation in taken.reservations if reservation.is_seat)
    counts = {
        seated.start: TakenSeats(seated.taken + held.pop(seated.start, 0), str(seated.reference))
        for seated in taken.seated
    }
    return counts | {start: TakenSeats(count, None) for start, count in held.items()}


async def check(connection: Connection, question: Question) -> engine.Verdict:
    """Decide with the engine that lists slots whether the range of a question can be booked."""
    situation = await load(connection, question, names_bookings=True)
    return await effort.answer(question, situation, lambda: ask(engine.check, question, situation))


async def explain(connection: Connection, command: Explain, *, now: datetime) -> ExplainedTime:
    """Return why a time can or cannot be booked; a date is available when it offers a slot.

    Raises:
        NotFound: nothing has this address.
        NotInGroups: somebody of a group does not take part in groups.
    """
    begins, ends = _explained_range(command, 0)
    found = await _find(connection, command.address, Range(begins, ends, now, command.moving))
    length = command.duration or found.subject.terms.length
    start, end = _explained_range(command, length)
    question = Question(found.subject, length, start, end, now, zone=command.zone, moving=command.moving)
    situation = await load_found(connection, question, found, names_bookings=True)

    def explained() -> tuple[bool, Sequence[engine.Reason]]:
        if isinstance(command.at, date):
            is_available = bool(ask(engine.list_slots, question, situation))
            return is_available, ask(engine.explain_range, question, situation)
        is_available = ask(engine.check, question, situation).is_accepted
        return is_available, ask(engine.explain, question, situation)

    is_available, reasons = await effort.answer(question, situation, explained, times=2)
    host_ids = [host.id for host in situation.hosts]
    return ExplainedTime(found.subject, start, end, is_available, reasons, host_ids)


def _explained_range(command: Explain, length: int) -> tuple[int, int]:
    if isinstance(command.at, date):
        day = day_of_date(command.at)
        return day_start(command.zone, day), day_start(command.zone, day + 1)
    return command.at, command.at + length * 60


async def may_see_reasons(connection: Connection, subject: Subject, caller: Principal | None) -> bool:
    """Tell whether a caller may learn what keeps the hosts busy: the owner may, and members of the team."""
    if caller is None:
        return False
    if subject.team_id is not None:
        return await teams.is_member(connection, caller.user.id, subject.team_id)
    return subject.user_id == caller.user.id
