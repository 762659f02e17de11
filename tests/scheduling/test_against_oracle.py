"""The engine and the naive oracle agree on random questions."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.scheduling import oracle
from tests.scheduling.answers import listed
from tests.scheduling.oracle import Question
from tests.scheduling.strategies import questions, reserved_questions, seated_questions

Asked = tuple[Question, int, int]

bounded = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
thorough = settings(bounded, max_examples=5_000, derandomize=False)


@bounded
@given(questions())
def test_listed_slots_equal_the_oracles(asked: Asked) -> None:
    assert listed(*asked) == oracle.list_slots(*asked)


@bounded
@given(seated_questions())
def test_seated_slots_equal_the_oracles(asked: Asked) -> None:
    assert listed(*asked) == oracle.list_slots(*asked)


@bounded
@given(reserved_questions())
def test_slots_beside_reservations_equal_the_oracles(asked: Asked) -> None:
    assert listed(*asked) == oracle.list_slots(*asked)


@pytest.mark.full
@thorough
@given(st.one_of(questions(), seated_questions(), reserved_questions()))
def test_thousands_of_questions_are_answered_as_the_oracle_answers_them(asked: Asked) -> None:
    assert listed(*asked) == oracle.list_slots(*asked)
