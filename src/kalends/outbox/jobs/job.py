"""A job: as it is queued, as a worker has it, and what the worker reports of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

State: TypeAlias = Literal["ready", "waiting", "held", "leased", "done", "failed", "dropped", "set_aside"]
"""Where a job stands; the first four are on their way."""

ReportedState: TypeAlias = Literal["ready", "waiting", "done", "failed", "dropped"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A job that could be taken now; of a lane the first comes first."""

    id: int
    owner: str
    lane: str
    losses: int


@dataclass(frozen=True, slots=True)
class LeasedJob:
    """A job that this worker has under way, and that no other one has while the lease `token` is good.

    `attempts` counts from 1, `tries` those since its schedule began, at `began_at`. `losses` are the workers
    in a row that were lost with it: it is a suspect.
    """

    id: int
    token: UUID
    owner: str
    lane: str
    order_key: str | None
    attempts: int
    tries: int
    losses: int
    began_at: datetime

    @property
    def is_suspect(self) -> bool:
        """Tell whether it may have ended a worker."""
        return self.losses > 0


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a job; it counts for nothing once the lease is with another worker, or the job has ended.

    With the state `ready` or `waiting` it is due again at `due_at`. One that `is_no_try` was not tried:
    neither its attempts nor its schedule go on.
    """

    job: LeasedJob
    state: ReportedState
    due_at: datetime
    error: str | None = None
    is_no_try: bool = False


@dataclass(frozen=True, slots=True)
class JobSetAside:
    """A job that is no longer tried, and why."""

    id: int
    kind: str
    owner: str
    lane: str
    attempts: int
    reason: str
    since: datetime
