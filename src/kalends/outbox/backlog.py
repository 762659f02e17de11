"""How much waits for a worker."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many things are to be done, since when the first that is due waits, and how many are set aside.

    `oldest` None: none is due.
    """

    count: int
    oldest: datetime | None
    set_aside: int = 0
