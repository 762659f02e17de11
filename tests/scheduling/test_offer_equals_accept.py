"""What is listed is accepted, what is refused has a true reason, and holds stay servable."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kalends.scheduling.engine import Busy, Code, Reason, Reservation
from tests.scheduling import oracle
from tests.scheduling.answers import checked, explained, listed
from tests.scheduling.oracle import Question
from tests.scheduling.strategies import questions, reserved_questions, seated_questions

Asked = tuple[Question, int, int]

bounded = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
any_questions = st.one_of(questions(), seated_questions(), reserved_questions())


@bounded
@given(any_questions)
def test_every_listed_start_is_accepted_unless_its_seats_are_full(asked: Asked) -> None:
    question, start, end = asked
    for at in listed(question, start, end):
        verdict = checked(question, at)
        if oracle.has_seat(question, at):
            assert verdict.is_accepted
        else:
            # All taken, or the last ones held by somebody.
            assert not verdict.is_accepted
            assert {reason.code for reason in verdict.reasons} <= {Code.SEATS_FULL, Code.RESERVED}


@bounded
@given(any_questions, st.lists(st.integers(0, 4 * 24 * 60), min_size=5, max_size=15))
def test_any_minute_is_accepted_or_refused_as_the_oracle_says(asked: Asked, minutes: list[int]) -> None:
    question, start, _ = asked
    for minute in minutes:
        at = start + minute * 60
        assert checked(question, at).is_accepted == oracle.accepts(question, at)


@bounded
@given(any_questions, st.lists(st.integers(0, 4 * 24 * 60), min_size=5, max_size=15))
def test_a_refusal_names_reasons_and_each_is_true(asked: Asked, minutes: list[int]) -> None:
    question, start, _ = asked
    for minute in minutes:
        at = start + minute * 60
        verdict = checked(question, at)
        if not verdict.is_accepted:
            assert verdict.reasons
            assert not verdict.host_ids
            for reason in verdict.reasons:
                assert is_true(question, reason, at)


@bounded
@given(any_questions, st.lists(st.integers(0, 4 * 24 * 60), min_size=5, max_size=15))
def test_an_explanation_repeats_a_refusal_and_only_adds_what_does_not_refuse(
    asked: Asked, minutes: list[int]
) -> None:
    question, start, _ = asked
    for minute in minutes:
        at = start + minute * 60
        verdict = checked(question, at)
        explanation = explained(question, at)
        assert set(verdict.reasons) <= set(explanation)
        off_grid = any(reason.code is Code.OFF_GRID for reason in explanation)
        assert not (off_grid and not verdict.is_accepted)


@bounded
@given(reserved_questions())
def test_what_is_listed_beside_reservations_is_accepted_when_they_do_not_bind(asked: Asked) -> None:
    question, start, end = asked
    unbound = replace(question, taken=replace(question.taken, reservations=()))
    for at in listed(question, start, end):
        assert checked(unbound, at).is_accepted


@bounded
@given(reserved_questions())
def test_a_booking_beside_reservations_leaves_each_of_them_a_host(asked: Asked) -> None:
    question, start, end = asked
    hosts = [replace(host, is_fixed=False) for host in question.hosts]
    question = replace(question, hosts=hosts)
    held = question.taken.reservations
    assume(can_be_served(question, held))
    for at in listed(question, start, end)[:10]:
        for host_id in checked(question, at).host_ids:
            booked = with_booking(question, host_id, at, at + question.rules.length * 60)
            assert can_be_served(booked, held)


def with_booking(question: Question, host_id: int, start: int, end: int) -> Question:
    """Book a host, with as much time kept free around it as the question's reservations ask."""
    around = question.taken.reservations[0].after
    busy = Busy(start - around, end + around, start, end)
    hosts = [
        replace(host, busy=[*host.busy, busy]) if host.id == host_id else host for host in question.hosts
    ]
    return replace(question, hosts=hosts)


def can_be_served(question: Question, held: Sequence[Reservation]) -> bool:
    """Try every way to give the reservations to hosts who are free then, or to the host they name."""
    if not held:
        return True
    first, *rest = held
    return any(
        can_be_served(with_booking(question, host.id, first.start, first.end), rest)
        for host in oracle.able(question, first.start // 60, first.end // 60)
        if first.host_id in (None, host.id)
    )


def is_true(question: Question, reason: Reason, start: int) -> bool:
    """Check one reason against the oracle's own view of `[start, start + length)`."""
    end = start + question.rules.length * 60
    host = next((host for host in question.hosts if host.id == reason.host_id), None)
    if reason.start is not None and reason.start >= end and reason.code is not Code.BOOKING_WINDOW:
        return False
    if reason.code is Code.IN_THE_PAST:
        return start < question.now
    if reason.code is Code.MINIMUM_NOTICE:
        return start < question.now + question.rules.minimum_notice * 60
    if reason.code is Code.BOOKING_WINDOW:
        return not oracle.in_window(question, [start // 60])
    if reason.code is Code.SEATS_FULL:
        return question.rules.seats is not None and bool(question.taken.seated or question.taken.reservations)
    if reason.code is Code.RESERVED:
        return bool(oracle.overlapping(question, start, end))
    assert host is not None
    if reason.code is Code.LIMIT:
        zone = host.schedule.zone
        return any(oracle.is_limited(question, zone, minute) for minute in oracle.minutes_of(start, end))
    if reason.code in (Code.BOOKING, Code.CALENDAR, Code.BUFFER):
        blocks = [(busy.start, busy.end) for busy in host.busy]
        blocks += [(one.start - one.before, one.end + one.after) for one in question.taken.seated]
        return any(block[0] < end and start < block[1] for block in blocks)
    stretches = oracle.open_stretches(host, start // 60 - 1, end // 60 + 1)
    if reason.code is Code.OUT_OF_OFFICE:
        stretches_else = oracle.open_stretches(
            replace(host, out_of_office=()), start // 60 - 1, end // 60 + 1
        )
        return stretches_else != stretches
    return not any(opens <= start // 60 and end // 60 <= closes for opens, closes in stretches)
