"""The engine's answers to the oracle's questions."""

from kalends.scheduling import engine
from kalends.scheduling.engine import Reason, Verdict
from tests.scheduling.oracle import Question


def listed(question: Question, start: int, end: int) -> list[int]:
    return engine.list_slots(
        question.rules,
        question.hosts,
        start=start,
        end=end,
        now=question.now,
        zone=question.zone,
        taken=question.taken,
    )


def checked(question: Question, start: int) -> Verdict:
    return engine.check(
        question.rules,
        question.hosts,
        start=start,
        end=start + question.rules.length * 60,
        now=question.now,
        zone=question.zone,
        taken=question.taken,
    )


def explained(question: Question, start: int) -> list[Reason]:
    return engine.explain(
        question.rules,
        question.hosts,
        start=start,
        end=start + question.rules.length * 60,
        now=question.now,
        zone=question.zone,
        taken=question.taken,
    )
