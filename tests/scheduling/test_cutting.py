"""Cutting pieces into starts equals the rule read word by word, also where grids disagree."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kalends.scheduling.slots import Piece, alignment, cut
from kalends.scheduling.time.clocks import BEFORE_ALL

LENGTHS = st.integers(1, 6)


def cut_word_by_word(pieces: list[Piece], step: int, length: int) -> list[int]:
    starts: set[int] = set()
    for start, end, first, since in pieces:
        at = first
        earlier = [known for known in starts if since <= known < at]
        if earlier and at < max(earlier) + step:
            at = max(earlier) if max(earlier) >= start else max(earlier) + step
        while at + length <= end:
            starts.add(at)
            at += step
    return sorted(starts)


@st.composite
def pieces(draw: st.DrawFn) -> list[Piece]:
    """Draw pieces whose grids begin up to some time after them, as on clocks that read other minutes.

    Their days begin up to some time before them, or so long ago that it does not matter.
    """
    starts = draw(st.lists(st.integers(0, 40), max_size=8))
    lengths, aheads = st.integers(1, 30), st.integers(0, 8)
    ages = st.one_of(st.just(-BEFORE_ALL), st.integers(0, 10))
    return sorted(
        (start, start + draw(lengths), start + draw(aheads), start - draw(ages)) for start in starts
    )


@settings(max_examples=1000)
@given(pieces(), st.integers(1, 8), LENGTHS)
@example([(0, 20, 6, 0), (1, 20, 3, 0)], 4, 1)
@example([(0, 5, 4, 0), (1, 5, 0, 0), (2, 9, 2, 0)], 3, 1)
def test_starts_equal_those_of_the_rule_read_word_by_word(found: list[Piece], step: int, length: int) -> None:
    assert cut(found, step, length) == cut_word_by_word(found, step, length)


ALIGNED_TO = {
    5: 5,
    7: 1,
    10: 10,
    15: 15,
    20: 20,
    25: 5,
    30: 30,
    40: 20,
    45: 15,
    50: 10,
    60: 60,
    75: 15,
    90: 30,
    120: 60,
}


@pytest.mark.parametrize(("interval", "unit"), list(ALIGNED_TO.items()))
def test_the_grid_is_aligned_to_the_largest_part_of_an_hour_that_divides_the_interval(
    interval: int, unit: int
) -> None:
    assert alignment(interval) == unit
