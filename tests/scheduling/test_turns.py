"""Whose turn it is, against rules that are computed anew from the list of all bookings."""

import random
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalends.scheduling.turns import Headstart, RotatingHost, order_of_turns

MEDIUM = 2

hosts_with = st.tuples(st.sampled_from([1, 50, 100, 300, 1000]), st.integers(0, 4))
crews = st.lists(hosts_with, min_size=1, max_size=6).map(
    lambda made: [
        RotatingHost(id=number, position=number, weight=weight, priority=priority)
        for number, (weight, priority) in enumerate(made)
    ]
)


@dataclass
class Book:
    """A month of bookings, in the order in which they were made, by the ids of their hosts."""

    hosts: list[RotatingHost]
    made: list[int] = field(default_factory=list)

    def takes(self, free: Iterable[int]) -> int | None:
        """Book the first of the free hosts whose turn it is, and return the host's id."""
        able = set(free)
        turn = next((one.host for one in order_of_turns(self.counted()) if one.host.id in able), None)
        if turn is None:
            return None
        self.made.append(turn.id)
        return turn.id

    def counted(self) -> Sequence[RotatingHost]:
        """Return the hosts with what they have."""
        counts = Counter(self.made)
        last = {host_id: moment for moment, host_id in enumerate(self.made)}
        return [replace(host, bookings=counts[host.id], last_booked=last.get(host.id)) for host in self.hosts]


def naive_turn(book: Book, free: set[int]) -> int | None:
    """Return whose turn it is by the words of the rules, one after the other."""
    left = [host for host in book.hosts if host.id in free]
    if not left:
        return None
    counts = Counter(book.made)
    if any(host.weight != 100 for host in book.hosts):
        total = len(book.made)
        weights = sum(host.weight for host in book.hosts)
        short = {host.id: (total + 1) * host.weight - counts[host.id] * weights for host in left}
        most = max(short.values())
        left = [host for host in left if short[host.id] == most]
    highest = max(host.priority for host in left)
    left = [host for host in left if host.priority == highest]
    never = [host for host in left if host.id not in book.made]
    if never:
        return min(never, key=lambda host: host.position).id
    return min(left, key=lambda host: len(book.made) - book.made[::-1].index(host.id)).id


@given(crews, st.data())
def test_turns_follow_the_rules(hosts: list[RotatingHost], data: st.DataObject) -> None:
    book = Book(hosts)
    everybody = [host.id for host in hosts]
    for _ in range(20):
        free = data.draw(st.sets(st.sampled_from(everybody)))
        expected = naive_turn(book, free)
        assert book.takes(free) == expected


@given(st.integers(1, 8), st.integers(0, 40))
def test_equal_hosts_who_are_all_free_differ_by_at_most_one(count: int, bookings: int) -> None:
    book = Book([RotatingHost(id=number, position=number, priority=MEDIUM) for number in range(count)])
    for _ in range(bookings):
        book.takes(range(count))
    counts = [book.made.count(number) for number in range(count)]
    assert max(counts) - min(counts) <= 1


def worst_deviation(weights: Sequence[int], bookings: int) -> Fraction:
    """Return how far anybody ever is off their share while all are free."""
    total = sum(weights)
    counts = [0] * len(weights)
    hosts = [
        RotatingHost(id=number, position=number, priority=MEDIUM, weight=weight)
        for number, weight in enumerate(weights)
    ]
    worst = Fraction(0)
    for made in range(1, bookings + 1):
        counted = [
            replace(host, bookings=count, last_booked=None) for host, count in zip(hosts, counts, strict=True)
        ]
        counts[order_of_turns(counted)[0].host.id] += 1
        worst = max(
            worst,
            *(
                abs(count - Fraction(made * weight, total))
                for count, weight in zip(counts, weights, strict=True)
            ),
        )
    return worst


@pytest.mark.parametrize("sets", [40, pytest.param(10_000, marks=pytest.mark.full)])
def test_nobody_is_off_their_share_by_two(sets: int, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(28)
    worst = max(
        worst_deviation([chance.randint(1, 1000) for _ in range(chance.randint(2, 8))], 40)
        for _ in range(sets)
    )
    with capsys.disabled():
        sys.stdout.write(f"the worst of {sets} sets of weights is off by {float(worst):.3f}\n")
    assert worst < 2


@given(st.integers(1, 1000), st.integers(1, 60))
def test_who_comes_later_is_neither_flooded_nor_starved(weight: int, before: int) -> None:
    book = Book([RotatingHost(id=number, position=number, priority=MEDIUM, weight=150) for number in (0, 1)])
    for _ in range(before):
        book.takes((0, 1))
    late = RotatingHost(id=2, position=2, priority=MEDIUM, weight=weight, headstart=Headstart(before, 300))
    book.hosts.append(late)
    for _ in range(60):
        book.takes((0, 1, 2))
    share = Fraction(60 * weight, 300 + weight)
    assert abs(book.made.count(2) - share) < 2


def test_whoever_was_never_booked_goes_before_who_was() -> None:
    first = RotatingHost(id=1, position=0, priority=MEDIUM, last_booked=5)
    second = RotatingHost(id=2, position=1, priority=MEDIUM)
    assert [one.host.id for one in order_of_turns([first, second])] == [2, 1]


def test_a_higher_priority_goes_first_where_weights_are_usual() -> None:
    low = RotatingHost(id=1, position=0, priority=0)
    high = RotatingHost(id=2, position=1, priority=4, bookings=9, last_booked=9)
    assert [one.host.id for one in order_of_turns([low, high])] == [2, 1]
