"""Finding the reservations that stand against a time, among thousands."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

from kalends.scheduling.hosts import Reservation


class HeldTimes:
    """Reservations by the time that each keeps, in classes of those alike in length.

    What touches a time began at most one length before it, so a search looks at no more than twice what it
    finds, in each class.
    """

    def __init__(self, reservations: Sequence[Reservation]) -> None:
        self._reservations = reservations
        self._seat_starts = {held.start for held in reservations if held.is_seat}
        classes: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for place, held in enumerate(reservations):
            begins, ends = held.start - held.before, held.end + held.after
            classes[(ends - begins).bit_length()].append((begins, place))
        self._classes = [(1 << length, sorted(found)) for length, found in classes.items()]

    def has_seat(self, start: int) -> bool:
        """Say whether a seat of the slot at `start` is held."""
        return start in self._seat_starts

    def keeping_from(self, start: int, end: int) -> list[Reservation]:
        """Return the reservations that stand against a booking at `[start, end)`, in the order given."""
        places = [
            place
            for longest, found in self._classes
            for _, place in found[bisect_left(found, (start - longest,)) : bisect_left(found, (end,))]
        ]
        nearby = [self._reservations[place] for place in sorted(places)]
        return [held for held in nearby if held.keeps_from(start, end)]
