"""What jobs of one kind have in common."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_LOSSES = 3
"""A job that lost so many workers in a row is set aside. The first of them may have died of another's job;
after that a worker takes it only while it has no other suspect."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job, declared where its rows are.

    `version` is that of its rows: workers leave what is newer to newer ones. `retries` are the waits after
    the first, second, … failure, each longer or shorter by up to `jitter` of it; if it `is_endless` the last
    one repeats. `deadline` counts from the first try. `lease` is longer than a try can take, with the note of
    what came of it. With `is_strict` what has the same order key waits also for an earlier job that waits for
    its next try, else only for one that is due or under way.
    """

    name: str
    version: int
    retries: Sequence[timedelta]
    deadline: timedelta
    lease: timedelta
    jitter: float = 0.0
    is_endless: bool = False
    is_strict: bool = False

    def next_due(self, tries: int, began_at: datetime, now: datetime, least: timedelta) -> datetime | None:
        """Return when to try again after this many failures, in `least` at the earliest; None: never."""
        if tries > len(self.retries) and not self.is_endless:
            return None
        wait = self.retries[min(tries, len(self.retries)) - 1]
        if self.jitter:
            wait *= random.uniform(1 - self.jitter, 1 + self.jitter)  # noqa: S311 - no secret
        due_at = now + max(wait, least)
        return None if due_at > began_at + self.deadline else due_at
