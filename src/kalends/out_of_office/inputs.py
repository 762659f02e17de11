"""The wire of absences, in (schedules.md 6.2 and 6.4)."""

import re
from datetime import date
from typing import Annotated, Literal, TypeAlias

from fastapi import Path
from pydantic import BeforeValidator, Field, WithJsonSchema

from kalends.api.input.changes import NOT_SENT, UNSET
from kalends.api.input.fields import Integer, QueryInteger, Rule, Text, parse_id, violation
from kalends.api.input.instants import parse_instant
from kalends.api.wire import Body, Changes
from kalends.out_of_office.entry import (
    UNSPECIFIED,
    ListEntries,
    NewOutOfOfficeEntry,
    OutOfOfficeChanges,
    Reason,
)

_TEXT = "must be an instant in UTC such as 2050-09-05T00:00:00.000Z"
_UTC_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z", re.ASCII)


def _date_of_instant(value: object) -> date:
    if not isinstance(value, str) or not _UTC_INSTANT.fullmatch(value):
        raise violation("isDateString", _TEXT)
    return parse_instant(value).date()


DateOfInstant: TypeAlias = Annotated[
    date,
    Rule("isDateString", _TEXT),
    BeforeValidator(_date_of_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "example": "2050-09-05T00:00:00.000Z"}),
]
"""A date, sent as an instant in UTC whose time does not count."""

OooId: TypeAlias = Annotated[int, Path(alias="oooId"), BeforeValidator(parse_id)]
Direction: TypeAlias = Literal["asc", "desc"]


class CreateOutOfOfficeEntryBody(Body):
    """A new absence, from the date of `start` to that of `end`."""

    start: DateOfInstant
    end: DateOfInstant
    notes: Text | None = None
    to_user_id: Integer | None = None
    reason: Reason | None = None

    def to_command(self) -> NewOutOfOfficeEntry:
        """Return the absence that this body stands for."""
        return NewOutOfOfficeEntry(
            self.start, self.end, self.notes, self.to_user_id, self.reason or UNSPECIFIED
        )


class UpdateOutOfOfficeEntryBody(Changes):
    """Changes of an absence; null takes `notes` and `toUserId` away."""

    start: DateOfInstant = NOT_SENT
    end: DateOfInstant = NOT_SENT
    notes: Text | None = NOT_SENT
    to_user_id: Integer | None = NOT_SENT
    reason: Reason | None = NOT_SENT

    def to_changes(self) -> OutOfOfficeChanges:
        """Return the changes that this body stands for."""
        return OutOfOfficeChanges(
            start_date=self.start,
            end_date=self.end,
            notes=self.notes,
            to_user_id=self.to_user_id,
            reason=UNSET if self.reason is None else self.reason,
        )


class OutOfOfficeQuery(Body):
    """Which absences of a user to show, and in what order."""

    take: Annotated[QueryInteger, Field(ge=1, le=250)] = 250
    skip: Annotated[QueryInteger, Field(ge=0)] = 0
    sort_start: Direction | None = None
    sort_end: Direction | None = None

    def to_command(self) -> ListEntries:
        """Return what is asked for."""
        return ListEntries(self.take, self.skip, self.sort_start, self.sort_end)


class OrganizationOutOfOfficeQuery(OutOfOfficeQuery):
    """Which absences of an organization's users to show."""

    email: Text | None = None

    def to_command(self) -> ListEntries:
        """Return what is asked for."""
        return ListEntries(self.take, self.skip, self.sort_start, self.sort_end, self.email)
