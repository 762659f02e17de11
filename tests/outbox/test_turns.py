"""Owners take turns, whatever any of them has to do."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from kalends.outbox.jobs.job import Candidate, LeasedJob
from kalends.outbox.jobs.turns import Room, Turns

ROOM = Room(at_once=16, of_lane=4, of_slow_lanes=3, leaves_half=True)
NOW = datetime(2050, 9, 1, tzinfo=UTC)


def jobs(owner: str, lane: str, count: int, *, losses: int = 0, first: int = 0) -> list[Candidate]:
    return [Candidate(first + number, owner, lane, losses) for number in range(count)]


def under_way(owner: str, lane: str, count: int, *, losses: int = 0) -> list[LeasedJob]:
    return [LeasedJob(0, uuid4(), owner, lane, None, 1, 1, losses, NOW) for _ in range(count)]


def owners_of(chosen: Sequence[int], candidates: Sequence[Candidate]) -> Counter[str]:
    by_id = {one.id: one.owner for one in candidates}
    return Counter(by_id[one] for one in chosen)


def test_one_owner_with_much_to_do_leaves_half_of_the_room() -> None:
    many = [one for lane in range(9) for one in jobs("a", f"a{lane}", 9, first=lane * 9)]
    turns = Turns(ROOM)
    assert len(turns.choose(many)) == 8
    assert turns.full_owners() == ["a"]
    assert turns.choose(jobs("b", "b0", 1, first=100)) == [100]


def test_owners_get_as_much_as_each_other_while_they_have_it() -> None:
    candidates = [*jobs("a", "a", 9), *jobs("b", "b", 2, first=10), *jobs("c", "c", 9, first=20)]
    chosen = Turns(Room(at_once=6, of_lane=6)).choose(candidates)
    assert owners_of(chosen, candidates) == {"a": 2, "b": 2, "c": 2}


def test_who_has_less_under_way_comes_first() -> None:
    candidates = [*jobs("a", "a2", 1), *jobs("b", "b", 1, first=10)]
    turns = Turns(Room(at_once=5, of_lane=4), under_way("a", "a", 4))
    assert turns.choose(candidates) == [10]


def test_among_equals_it_is_the_turn_of_who_was_served_longest_ago() -> None:
    served: dict[str, None] = {}
    for expected in (0, 1, 2, 0):
        candidates = [Candidate(number, f"owner {number}", "", 0) for number in range(3)]
        assert Turns(Room(at_once=1, of_lane=1), served=served).choose(candidates) == [expected]


def test_a_lane_has_its_room_and_a_slow_one_room_for_one() -> None:
    candidates = [*jobs("a", "quick", 9), *jobs("b", "slow", 9, first=10)]
    chosen = Turns(ROOM, slow={"slow"}).choose(candidates)
    assert owners_of(chosen, candidates) == {"a": 4, "b": 1}


def test_all_slow_lanes_share_a_room() -> None:
    slow = {f"lane {number}" for number in range(9)}
    candidates = [Candidate(number, "a", lane, 0) for number, lane in enumerate(sorted(slow))]
    turns = Turns(ROOM, under_way("b", "lane 0", 1), slow)
    assert len(turns.choose(candidates)) == 2
    assert set(turns.rooms_of_lanes().values()) == {0}


def test_of_those_that_workers_have_ended_with_there_is_one_at_a_time() -> None:
    candidates = [*jobs("a", "a", 2, losses=1), *jobs("a", "b", 1, first=10)]
    assert Turns(ROOM).choose(candidates) == [0, 10]
    assert Turns(ROOM, under_way("b", "c", 1, losses=1)).choose(candidates) == [10]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(0, 1)), max_size=60),
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=16),
    st.sets(st.sampled_from(["ax", "by", "cz"])),
)
def test_no_room_is_ever_exceeded_and_none_is_left_that_could_be_used(
    waiting: list[tuple[str, str, int]], begun: list[tuple[str, str]], slow: set[str]
) -> None:
    candidates = [
        Candidate(number, owner, owner + lane, losses) for number, (owner, lane, losses) in enumerate(waiting)
    ]
    before = [job for owner, lane in begun for job in under_way(owner, owner + lane, 1)]
    chosen = [candidates[number] for number in Turns(ROOM, before, slow).choose(candidates)]
    lanes = Counter(job.lane for job in before)
    for one in chosen:
        lanes[one.lane] += 1
        assert lanes[one.lane] <= (1 if one.lane in slow else ROOM.of_lane)
    assert len(chosen) <= ROOM.at_once - len(before)
    assert sum(one.losses > 0 for one in chosen) <= 1
    assert sum(lanes[lane] for lane in {one.lane for one in chosen} & slow) <= max(
        ROOM.of_slow_lanes, sum(job.lane in slow for job in before)
    )
    if not before and not slow and not any(one.losses for one in candidates):
        owners = {one.owner for one in candidates}
        assert {one.owner for one in chosen} == owners
