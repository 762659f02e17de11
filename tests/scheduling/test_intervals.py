"""Interval arithmetic equals arithmetic on sets of instants."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kalends.scheduling.intervals import (
    Interval,
    clip,
    contains,
    merge,
    overlaps,
    subtract,
)

interval_lists = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)


def instants(intervals: list[Interval]) -> set[int]:
    return {instant for start, end in intervals for instant in range(start, end)}


@given(interval_lists)
def test_a_merged_list_covers_the_same_instants_in_the_fewest_intervals(intervals: list[Interval]) -> None:
    merged = merge(intervals)
    assert instants(merged) == instants(intervals)
    assert all(start < end for start, end in merged)
    assert all(one[1] < other[0] for one, other in pairwise(merged))


@given(interval_lists, interval_lists)
def test_a_difference_leaves_what_only_the_first_covers(free: list[Interval], busy: list[Interval]) -> None:
    left = subtract(merge(free), merge(busy))
    assert instants(left) == instants(free) - instants(busy)
    assert all(one[1] <= other[0] for one, other in pairwise(left))


@given(interval_lists, st.integers(0, 40), st.integers(0, 40))
def test_a_clipped_list_covers_what_lies_inside(intervals: list[Interval], start: int, end: int) -> None:
    clipped = instants(clip(merge(intervals), start, end))
    assert clipped == {instant for instant in instants(intervals) if start <= instant < end}


@given(interval_lists, st.integers(0, 40), st.integers(1, 10))
def test_containing_and_overlapping_look_at_single_intervals(
    intervals: list[Interval], start: int, length: int
) -> None:
    free = merge(intervals)
    end = start + length
    assert contains(free, start, end) == any(one[0] <= start and end <= one[1] for one in free)
    assert overlaps(free, start, end) == any(one[0] < end and start < one[1] for one in free)
