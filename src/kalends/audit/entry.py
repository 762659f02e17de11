"""An entry of the audit log: who did what to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

Snapshot: TypeAlias = Mapping[str, Any]
"""What is told of a subject, by the names of the API; never a secret."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who acts, as far as it is known of a request: a user, by what kind of credential."""

    type: str
    user_id: int
    email: str
    request_id: str | None


@dataclass(frozen=True, slots=True)
class Subject:
    """What was acted on: a `membership`, say, and its id."""

    type: str
    id: int | str


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What is to be written down: `verb` is `created`, `updated`, `deleted`, `invited` or `accepted`.

    `place_id` is the organization that it happened in, or the team that is in none. `before` None: the
    subject was not there; `after` None: it is no more.
    """

    place_id: int
    subject: Subject
    verb: str
    before: Snapshot | None = None
    after: Snapshot | None = None

    @property
    def action(self) -> str:
        """The name of what was done, such as `membership.created`."""
        return f"{self.subject.type}.{self.verb}"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is stored; an actor of None is the operator, on the server itself."""

    id: int
    created_at: datetime
    actor_type: str | None
    actor_id: int | None
    actor_email: str | None
    action: str
    subject_type: str
    subject_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str | None


@dataclass(frozen=True, slots=True)
class ListEntries:
    """Which entries of a place to list; None: any. Times are of when they were written, both exclusive."""

    take: int
    skip: int = 0
    action: str | None = None
    actor_id: int | None = None
    subject_type: str | None = None
    subject_id: str | None = None
    after: datetime | None = None
    before: datetime | None = None
