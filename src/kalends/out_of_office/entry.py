"""When somebody is out of office: whole dates, both closed, and who stands in for them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Literal, TypeAlias
from uuid import UUID

from kalends.api.input.changes import UNSET, ChangesOf, Unset
from kalends.api.output.envelope import instant

Reason: TypeAlias = Literal["unspecified", "vacation", "travel", "sick", "public_holiday"]

UNSPECIFIED: Reason = "unspecified"

REASONS: tuple[Reason, ...] = (UNSPECIFIED, "vacation", "travel", "sick", "public_holiday")
"""The reasons by their numbers, which count from 1."""

_END_OF_DAY = time(23, 59, 59, 999_000)


@dataclass(frozen=True, slots=True)
class OutOfOfficeEntry:
    """An absence of a user. The dates are those of the calendar where they work (slots.md 4.5)."""

    id: int
    uuid: UUID
    user_id: int
    to_user_id: int | None
    start_date: date
    end_date: date
    notes: str | None
    reason: Reason
    created_at: datetime
    updated_at: datetime | None

    @property
    def snapshot(self) -> dict[str, Any]:
        """What the audit log tells of it, by the names of the API."""
        return {
            "userId": self.user_id,
            "toUserId": self.to_user_id,
            "start": first_instant(self.start_date),
            "end": last_instant(self.end_date),
            "notes": self.notes,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class NewOutOfOfficeEntry:
    """An absence that is to be written down."""

    start_date: date
    end_date: date
    notes: str | None = None
    to_user_id: int | None = None
    reason: Reason = UNSPECIFIED


@dataclass(frozen=True, slots=True)
class OutOfOfficeChanges(ChangesOf[OutOfOfficeEntry]):
    """What a request changes of an absence."""

    start_date: date | Unset = UNSET
    end_date: date | Unset = UNSET
    notes: str | Unset | None = UNSET
    to_user_id: int | Unset | None = UNSET
    reason: Reason | Unset = UNSET

    @property
    def says_dates(self) -> bool:
        """Whether both dates are to change."""
        return self.start_date is not UNSET and self.end_date is not UNSET

    @property
    def says_one_date(self) -> bool:
        """Whether one date is to change without the other."""
        return (self.start_date is UNSET) != (self.end_date is UNSET)


@dataclass(frozen=True, slots=True)
class ListEntries:
    """Which absences to list, and in what order: by their ends, then their starts, if that is asked for."""

    take: int
    skip: int
    sort_start: Literal["asc", "desc"] | None = None
    sort_end: Literal["asc", "desc"] | None = None
    email: str | None = None


def first_instant(day: date) -> str:
    """Return the beginning of a first date as the API shows it: in UTC, whatever the zone that counts."""
    return instant(datetime.combine(day, time(), UTC))


def last_instant(day: date) -> str:
    """Return the end of a last date as the API shows it."""
    return instant(datetime.combine(day, _END_OF_DAY, UTC))
