"""That somebody is out of office, as a fact that consumers act on.

Stored for weeks and read by workers of other releases: fields are only added, with defaults.
"""

from datetime import date, datetime
from uuid import UUID

import msgspec

from kalends.out_of_office.entry import OutOfOfficeEntry, Reason

CREATED = "out_of_office.created"
"""The kind of the fact."""

VERSION = 1


class Person(msgspec.Struct, frozen=True):
    """Somebody who is away or stands in; `email` None: it is none of the organization's business."""

    id: int
    name: str | None
    username: str
    time_zone: str
    email: str | None


class OutOfOfficeFact(msgspec.Struct, frozen=True):
    """An absence as it was written down."""

    occurred_at: datetime
    id: int
    uuid: UUID
    start: date
    end: date
    notes: str | None
    reason: Reason
    user: Person
    to_user: Person | None
    version: int = VERSION


_fact = msgspec.json.Decoder(OutOfOfficeFact)


def fact_of(
    entry: OutOfOfficeEntry, user: Person, to_user: Person | None, occurred_at: datetime
) -> OutOfOfficeFact:
    """Return the fact of a new absence."""
    return OutOfOfficeFact(
        occurred_at,
        entry.id,
        entry.uuid,
        entry.start_date,
        entry.end_date,
        entry.notes,
        entry.reason,
        user,
        to_user,
    )


def encode(fact: OutOfOfficeFact) -> bytes:
    """Return the JSON text of a fact, to be stored."""
    return msgspec.json.encode(fact)


def decode(payload: bytes) -> OutOfOfficeFact:
    """Return the fact that a stored text tells.

    Raises:
        ValidationError: it tells none.
    """
    return _fact.decode(payload)
