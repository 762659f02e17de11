"""What can be booked, whether a time can, and why not."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeAlias

from kalends.auth.principal import Principal
from kalends.db.database import Connection
from kalends.event_types import service as event_types
from kalends.event_types.address import EventTypeAddress, IdAddress, SlugAddress, UserAddress, lookup_of
from kalends.scheduling import engine
from kalends.scheduling.time.zones import DAY, day_of_date, day_start
from kalends.slots import effort, queries
from kalends.slots.refusals import (
    DurationNotOffered,
    NotInGroups,
    RangeTooLong,
    TooManySlots,
    UnknownEventTypeId,
)
from kalends.slots.rows import FoundSubject, MovedRow, Range, Source, Subject
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
    booking that is to be moved: it does not stand in its own way, and keeps its length. `caller_id` is who
    asks, None: anybody; a host who moves a booking is not bound by their own notice and booking window.
    `ends_with_day`: whatever begins by `end` counts, also where it ends later.
    """

    address: SlotsAddress
    start: int
    end: int
    zone: str
    duration: int | None
    moving: str | None
    caller_id: int | None = None
    ends_with_day: bool = False


@dataclass(frozen=True, slots=True)
class TakenSeats:
    """How many seats of a slot are booked or reserved, and the booking if there is one."""

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
    caller_id: int | None = None


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
    """A question about slots with all that must be known to answer it.

    Slots begin by the instant `begun_by`. `keeps_length`: none is one of a booking of another length.
    """

    question: Question
    situation: Situation
    begun_by: int
    keeps_length: bool


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
        DurationNotOffered: bookings of the event type cannot be as long as is asked.
        NotFound: nothing has this address.
        NotInGroups: somebody of a group does not take part in groups.
    """
    if command.end - command.start > longest_days * 86_400:
        raise RangeTooLong(longest_days)
    end = max(command.start, command.end)
    # A slot that begins on the last day mostly ends within another one.
    read_end = end + DAY if command.ends_with_day else end
    asked = range_of_any(command.start, read_end, now=now, moving=command.moving)
    found = await _find(connection, command.address, asked)
    moved = await _find_moved(connection, command.moving, found.subject)
    length = _length_of(command.duration, found.subject, moved)
    if command.start == end or not found.hosts:
        return None
    if moved is not None and not moved.is_movable(now):
        return None
    question = Question(
        found.subject,
        length,
        command.start,
        end + length * 60 if command.ends_with_day else end,
        now,
        zone=command.zone,
        moving=command.moving,
    )
    question = _as_asked_by(command.caller_id, question, moved)
    situation = await load_found(connection, question, found)
    return Inquiry(question, situation, end, keeps_length=moved is not None)


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
            _check_count(_begun_by(inquiry.begun_by, ask(engine.list_slots, question, hours)), most_slots)
        return _begun_by(inquiry.begun_by, ask(engine.list_slots, question, situation))

    starts = await effort.answer(question, situation, starts_of)
    if inquiry.keeps_length:
        starts = _without_other_lengths(starts, situation.taken, question.length)
    _check_count(starts, most_slots)
    event_type_id, seats = question.subject.event_type_id, question.rules.seats
    if seats is None:
        return Slots(starts, question.length, event_type_id)
    return Slots(starts, question.length, event_type_id, seats, _taken_seats(situation.taken))


def _begun_by(end: int, starts: list[int]) -> list[int]:
    return starts[: bisect_right(starts, end)]


def _without_other_lengths(starts: Sequence[int], taken: engine.Taken, length: int) -> list[int]:
    """Return the starts but for those at which a moved seat would join a booking of another length."""
    others = {seated.start for seated in taken.seated if seated.end - seated.start != length * 60}
    return [start for start in starts if start not in others]


async def _find_moved(connection: Connection, moving: str | None, subject: Subject) -> MovedRow | None:
    """Return the booking that is to be moved, if it is one of what slots are asked of."""
    moved = None if moving is None else await queries.find_moved(connection, moving)
    return moved if moved is not None and moved.event_type_id == subject.event_type_id else None


def _length_of(duration: int | None, subject: Subject, moved: MovedRow | None) -> int:
    """Return the minutes of each slot: a moved booking keeps its own.

    Raises:
        DurationNotOffered: bookings of the event type cannot be as long as is asked.
    """
    own = subject.lengths if moved is None else (*subject.lengths, moved.length)
    if duration is not None and own and duration not in own:
        raise DurationNotOffered(own)
    if moved is not None:
        return moved.length
    return duration or subject.terms.length


def _as_asked_by(caller_id: int | None, question: Question, moved: MovedRow | None) -> Question:
    """Return a question with the rules for whoever asks: a host who moves a booking sets the bounds."""
    if moved is None or moved.host_id != caller_id:
        return question
    return replace(question, settled=replace(question.rules, minimum_notice=0, window=None))


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
    reserved = Counter(reservation.start for reservation in taken.reservations if reservation.is_seat)
    counts = {
        seated.start: TakenSeats(seated.taken + reserved.pop(seated.start, 0), str(seated.reference))
        for seated in taken.seated
    }
    return counts | {start: TakenSeats(count, None) for start, count in reserved.items()}


async def check(connection: Connection, question: Question) -> engine.Verdict:
    """Decide with the engine that lists slots whether the range of a question can be booked."""
    situation = await load(connection, question, names_bookings=True)
    return await effort.answer(question, situation, lambda: ask(engine.check, question, situation))


async def explain(connection: Connection, command: Explain, *, now: datetime) -> ExplainedTime:
    """Return why a time can or cannot be booked; a date is available when a slot begins on it.

    Raises:
        DurationNotOffered: bookings of the event type cannot be as long as is asked.
        NotFound: nothing has this address.
        NotInGroups: somebody of a group does not take part in groups.
    """
    begins, ends = _explained_range(command, 0)
    found = await _find(connection, command.address, Range(begins, ends, now, command.moving))
    moved = await _find_moved(connection, command.moving, found.subject)
    length = _length_of(command.duration, found.subject, moved)
    start, end = _explained_range(command, length)
    question = Question(found.subject, length, start, end, now, zone=command.zone, moving=command.moving)
    question = _as_asked_by(command.caller_id, question, moved)
    # What begins on a date may end on the next.
    beginning = replace(question, end=end + length * 60) if isinstance(command.at, date) else question
    situation = await load_found(connection, beginning, found, names_bookings=True)

    is_held = moved is not None and not moved.is_movable(now)

    def explained() -> tuple[bool, Sequence[engine.Reason]]:
        if isinstance(command.at, date):
            is_available = bool(_begun_by(end - 1, ask(engine.list_slots, beginning, situation)))
            return is_available, ask(engine.explain_range, question, situation)
        is_available = ask(engine.check, question, situation).is_accepted
        return is_available, ask(engine.explain, question, situation)

    is_available, reasons = await effort.answer(question, situation, explained, times=2)
    if is_held:
        is_available, reasons = False, [engine.Reason(engine.Code.NOT_MOVABLE), *reasons]
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
