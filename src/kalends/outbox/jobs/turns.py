"""Whose turn it is: which of the ready jobs a worker takes, and which it leaves for now.

Owners take turns: those with the least under way first, of these who has waited longest for a turn. One that
has more to do than there is room leaves half of the room to others. So neither many jobs of one owner nor
receivers of theirs that hang keep another owner's job waiting.
"""

import heapq
from collections import Counter, deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from kalends.outbox.jobs.job import Candidate, LeasedJob

_MOST_REMEMBERED = 1_000
"""Owners whose last turn is remembered."""


@dataclass(frozen=True, slots=True)
class Room:
    """How many jobs of a kind a worker has under way at most: in all, of one lane, and of all slow lanes.

    A slow lane has one at a time. With `leaves_half` an owner begins no more than is left free by it.
    """

    at_once: int
    of_lane: int
    of_slow_lanes: int = 0
    leaves_half: bool = False


class Turns:
    """What is under way in one worker, and what may begin beside it.

    `slow` are the lanes that let their jobs wait; `served` are the owners in the order of their last turns,
    which choosing goes on with.
    """

    def __init__(
        self,
        room: Room,
        under_way: Iterable[LeasedJob] = (),
        slow: Collection[str] = (),
        served: dict[str, None] | None = None,
    ) -> None:
        jobs = list(under_way)
        self._room = room
        self._slow = slow
        self._served = {} if served is None else served
        self.free = room.at_once - len(jobs)
        self._owners = Counter(job.owner for job in jobs)
        self._lanes = Counter(job.lane for job in jobs)
        self._slow_ones = sum(job.lane in slow for job in jobs)
        self.has_suspect = any(job.is_suspect for job in jobs)

    @property
    def room_of_lane(self) -> int:
        """How many may begin of a lane of which nothing is under way."""
        return min(self._room.of_lane, self.free)

    def full_owners(self) -> list[str]:
        """Return the owners of whom nothing may begin now."""
        return [owner for owner in self._owners if not self._may_have_more(owner)]

    def rooms_of_lanes(self) -> dict[str, int]:
        """Return how many may begin of the other lanes."""
        return {lane: max(0, self._room_of(lane)) for lane in {*self._lanes, *self._slow}}

    def choose(self, candidates: Sequence[Candidate]) -> list[int]:
        """Return the ids of those to take; from now on they count as under way."""
        queues: dict[str, deque[Candidate]] = {}
        for one in candidates:
            queues.setdefault(one.owner, deque()).append(one)
        places = {owner: place for place, owner in enumerate(self._served, start=1)}
        turns = [
            (self._owners[owner], places.get(owner, 0), place, owner) for place, owner in enumerate(queues)
        ]
        heapq.heapify(turns)
        chosen: list[int] = []
        while turns and self.free > 0:
            _, served, place, owner = heapq.heappop(turns)
            chosen_one = self._next(queues[owner])
            if chosen_one is None or not self._may_have_more(owner):
                continue
            self._begin(chosen_one)
            chosen.append(chosen_one.id)
            heapq.heappush(turns, (self._owners[owner], served, place, owner))
        return chosen

    def _next(self, queue: deque[Candidate]) -> Candidate | None:
        while queue:
            one = queue.popleft()
            if self._room_of(one.lane) > 0 and not (one.losses and self.has_suspect):
                return one
        return None

    def _may_have_more(self, owner: str) -> bool:
        return not self._room.leaves_half or self._owners[owner] < self.free

    def _room_of(self, lane: str) -> int:
        under_way = self._lanes[lane]
        if lane not in self._slow:
            return self._room.of_lane - under_way
        return min(1 - under_way, self._room.of_slow_lanes - self._slow_ones)

    def _begin(self, one: Candidate) -> None:
        self.free -= 1
        self._owners[one.owner] += 1
        self._lanes[one.lane] += 1
        self._slow_ones += one.lane in self._slow
        self.has_suspect = self.has_suspect or one.losses > 0
        self._served.pop(one.owner, None)
        self._served[one.owner] = None
        if len(self._served) > _MOST_REMEMBERED:
            del self._served[next(iter(self._served))]
