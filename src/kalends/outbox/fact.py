"""A fact, as the outbox stores it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Subject:
    """What facts and timers are about: a row, by the name of its kind (`booking`) and its number."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened. `payload` is what its consumers read.

    `organization_id` is where it happened, besides the organizations that the user and the event type are in.
    `timers` are pairs of a kind and an instant that replace all those of the subject; None: they stay.
    `is_sharing`: it says besides what other facts of the same command say too, which is kept once.
    """

    kind: str
    subject: Subject | None
    event_type_id: int | None
    user_id: int | None
    ordering_key: str
    payload: bytes
    timers: Sequence[tuple[str, datetime]] | None = None
    is_sharing: bool = False
    organization_id: int | None = None


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A fact as consumers get it. Ids grow in the order in which facts of one `ordering_key` happened.

    `payload` has a second line if it says what others say too.
    """

    id: int
    uid: UUID
    kind: str
    payload: bytes
    ordering_key: str
    created_at: datetime
    event_type_id: int | None = None
    user_id: int | None = None
    organization_id: int | None = None
