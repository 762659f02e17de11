"""The clocks by which hosts read their hours: offsets, and the midnights at which grids begin anew."""

from collections.abc import Sequence
from dataclasses import dataclass

from kalends.scheduling.hosts import Host
from kalends.scheduling.schedules import Travel, days_between, opens_within, stays
from kalends.scheduling.time.zones import OffsetSince, day_start, offsets_between

BEFORE_ALL = -(1 << 62)
"""A midnight that cuts no grid off."""

# An instant from which a clock has an offset, and the midnight before it.
ClockPart = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Clock:
    """A host's clock: its parts, and the midnights that they begin with; none where no midnight matters."""

    parts: Sequence[ClockPart]
    midnights: Sequence[int] = ()


class Clocks:
    """The clocks of several hosts in `[start, end)`, that of each zone read once.

    `step` is the seconds between two starts. Most hosts open so late that no grid could go on from the day
    before, so that their midnights need not be known.
    """

    def __init__(self, start: int, end: int, step: int) -> None:
        self._start = start
        self._end = end
        self._step = step
        self._late: dict[str, tuple[Clock, int]] = {}
        self._early: dict[str, Clock] = {}

    def of(self, host: Host) -> Clock:
        """Return the clock of a host."""
        zone = host.schedule.zone
        if host.travel:
            return self._with_midnights(zone, host.travel)
        if zone not in self._late:
            offsets = [offset for _, offset in self._offsets(zone, ())]
            late = Clock([(since, offset, BEFORE_ALL) for since, offset in self._offsets(zone, ())])
            self._late[zone] = late, self._step + max(offsets) - min(offsets)
        late, early_until = self._late[zone]
        if not opens_within(host.schedule, early_until):
            return late
        if zone not in self._early:
            self._early[zone] = self._with_midnights(zone, ())
        return self._early[zone]

    def _with_midnights(self, zone: str, travel: Sequence[Travel]) -> Clock:
        offsets = dict(self._offsets(zone, travel))
        midnights = {
            begins
            for here, first, last in stays(zone, travel, self._start, self._end)
            for begins, _ in days_between(here, first, last)
        }
        offset, midnight = next(iter(offsets.values())), min(midnights)
        parts = []
        for instant in sorted(midnights.union(offsets)):
            offset = offsets.get(instant, offset)
            if instant in midnights:
                midnight = instant
            parts.append((instant, offset, midnight))
        return Clock(parts, sorted(midnights))

    def _offsets(self, zone: str, travel: Sequence[Travel]) -> list[OffsetSince]:
        """Return the offsets by which a host's clock runs, travels included."""
        if not travel:
            return offsets_between(zone, self._start, self._end)
        found: list[OffsetSince] = []
        for here, first, last in stays(zone, travel, self._start, self._end):
            found += offsets_between(here, day_start(here, first), day_start(here, last + 1) - 1)
        return sorted(found)
