"""Whose turn it is among the rotating hosts of an event type (bookings.md 12.3).

The rules, of which each decides where those before leave several hosts equal:

1. if somebody's weight is not the usual one: the greatest shortfall of the month's bookings;
2. the highest priority;
3. the least recently booked, and before them whoever never was;
4. the order in which the hosts were sent.

A shortfall is what a host should have once the next booking is made, less what the host has: of N bookings
that count, n of them the host's, `(N + 1) * w / W - n`, where w is the host's weight and W that of all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

USUAL_WEIGHT = 100
"""The weight of a host of whom nothing else is said."""


@dataclass(frozen=True, slots=True)
class Headstart:
    """What a host who came in the course of a month counts with, so that nobody makes up for the time before.

    Until then `bookings` of the month had been made by hosts whose weights were `weights` together.
    """

    bookings: int
    weights: int

    def of(self, weight: int) -> Fraction:
        """Return the bookings that a host of this weight would have had by then."""
        return Fraction(weight * self.bookings, self.weights) if self.weights else Fraction(0)


@dataclass(frozen=True, slots=True)
class RotatingHost:
    """A host who takes turns, as far as it matters to whose turn it is.

    `bookings` are those of the month that count; `last_booked` is when the latest that counts was made,
    whenever that was, in epoch microseconds.
    """

    id: int
    position: int
    priority: int
    weight: int = USUAL_WEIGHT
    bookings: int = 0
    last_booked: int | None = None
    headstart: Headstart | None = None

    @property
    def counted(self) -> Fraction:
        """The bookings that the host counts with."""
        credit = Fraction(0) if self.headstart is None else self.headstart.of(self.weight)
        return self.bookings + credit


@dataclass(frozen=True, slots=True)
class Turn:
    """A host's place in the order of turns; without a `shortfall` weights play no part."""

    host: RotatingHost
    shortfall: Fraction | None


def order_of_turns(hosts: Sequence[RotatingHost]) -> list[Turn]:
    """Return all rotating hosts of an event type, those whose turn it is first.

    Who is not free is passed over: the first who is has the turn.
    """
    weights = sum(host.weight for host in hosts)
    if weights == 0 or all(host.weight == USUAL_WEIGHT for host in hosts):
        turns = [Turn(host, None) for host in hosts]
    else:
        due = 1 + sum((host.counted for host in hosts), Fraction(0))
        turns = [Turn(host, due * Fraction(host.weight, weights) - host.counted) for host in hosts]
    return sorted(turns, key=_place)


def _place(turn: Turn) -> tuple[Fraction, int, bool, int, int]:
    host, shortfall = turn.host, turn.shortfall or Fraction(0)
    return -shortfall, -host.priority, host.last_booked is not None, host.last_booked or 0, host.position
