"""What the statements of availability return."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kalends.event_types.event_type import EventType, ReschedulingBan
from kalends.event_types.owner import TeamOwner, UserOwner
from kalends.event_types.settings.terms import SchedulingTerms
from kalends.slots.statements import Statement

_OPEN = ("accepted", "pending")


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject whose slots are asked for: an event type and its owner, or a group that meets ad hoc.

    A group has no `event_type_id` and no owner, an event type a `user_id` or a `team_id`. Bookings can have
    one of `lengths` minutes; empty: any. `week_start` names the day on which the owner's weeks begin.
    """

    terms: SchedulingTerms
    event_type_id: int | None = None
    user_id: int | None = None
    team_id: int | None = None
    lengths: tuple[int, ...] = ()
    week_start: str = "Sunday"


GROUP = Subject(SchedulingTerms(length=30))
"""A group that meets ad hoc (slots.md 6.3)."""


def subject_of(event_type: EventType) -> Subject:
    """Return the subject that an event type is."""
    terms, lengths = event_type.terms, event_type.length_options or (event_type.terms.length,)
    match event_type.owner:
        case UserOwner(user):
            return Subject(terms, event_type.id, user_id=user.id, lengths=lengths, week_start=user.week_start)
        case TeamOwner(team):
            return Subject(terms, event_type.id, team_id=team.id, lengths=lengths, week_start=team.week_start)


@dataclass(frozen=True, slots=True)
class BusyRow:
    """A booking that blocks a host, in epoch seconds: its period with its own buffers, and without them."""

    start: int
    end: int
    raw_start: int
    raw_end: int
    uid: str


@dataclass(frozen=True, slots=True)
class ReservationRow:
    """An unexpired reservation with the buffers of its event type, in minutes; epoch seconds."""

    uid: str
    event_type_id: int
    start: int
    end: int
    is_seat: bool
    is_binding: bool
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A booking that is to be moved: of which event type, who hosts it, and for how many minutes.

    The other columns are its state, and what its event type says of moving.
    """

    event_type_id: int
    host_id: int
    length: int
    start: datetime
    end: datetime
    status: str
    is_rescheduled: bool
    is_seated: bool
    is_disabled: bool
    minutes_before: int | None
    allows_past: bool
    allows_cancelled: bool

    def is_movable(self, now: datetime) -> bool:
        """Tell whether a command would move it to a time that is free, whoever asks.

        It is the same rule as `bookings.permissions.moving` and the transitions of bookings have.
        """
        ban = ReschedulingBan(self.is_disabled, self.minutes_before)
        is_open = self.status in _OPEN or (
            self.status == "cancelled"
            and self.allows_cancelled
            and not self.is_rescheduled
            and not self.is_seated
        )
        if ban.is_total or not is_open:
            return False
        return self.allows_past if self.end <= now else not ban.covers(self.start, now)


@dataclass(frozen=True, slots=True)
class SeatedRow:
    """A booking whose seats are shared, in epoch seconds: its period, and with its own buffers."""

    start: int
    end: int
    busy_from: int
    busy_until: int
    seats: int
    host_ids: Sequence[int]
    uid: str


@dataclass(frozen=True, slots=True)
class HostRow:
    """A host, the schedule that counts for an event type (slots.md 4.3), and what takes their time.

    `hours` is JSON text of `[days, start, end, date]` rows with times as minutes of the day; None: the
    host has no schedule at all. Either `busy_starts` and `busy_ends`, epoch seconds, or `bookings` say when
    the host is busy. `absences` are `[first, last]` ISO dates that the host is out of office; `travel` are
    `[zone, start, end]` stays in epoch seconds, `end` None: for good.
    """

    id: int
    zone: str
    hours: str | None
    busy_starts: Sequence[int]
    busy_ends: Sequence[int]
    bookings: Sequence[BusyRow]
    reservations: Sequence[ReservationRow]
    absences: Sequence[tuple[str, str]]
    travel: Sequence[tuple[str, int, int | None]]
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class Range:
    """Which busy times and reservations count: those in `[start, end)` epoch seconds, at `now`.

    Busy times count also where only the buffers of the event type reach them. `moving` is the uid of a
    booking that does not count.
    """

    start: int
    end: int
    now: datetime
    moving: str | None

    def covers(self, other: "Range") -> bool:
        """Tell whether everything that another range of the same question holds is in this one."""
        return self.start <= other.start and other.end <= self.end

    @property
    def values(self) -> dict[str, Any]:
        """Return the values that the statements take from it."""
        return {"start": self.start, "end": self.end, "now": self.now, "moving": self.moving}


@dataclass(frozen=True, slots=True)
class Source:
    """Where hosts are read: the statement, and the values that it takes besides those of a range."""

    statement: Statement
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FoundSubject:
    """The subject whose slots were asked for, and its hosts with what takes their time in the range `asked`.

    `reservations` are those of a team's event type itself; those of a user's are among the host's.
    `is_refused`: somebody of a group does not take part in groups.
    """

    subject: Subject
    hosts: Sequence[HostRow]
    reservations: Sequence[ReservationRow]
    asked: Range
    source: Source
    is_refused: bool = False
