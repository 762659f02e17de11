"""`kalends jobs`."""

import psycopg
import pytest

from kalends.operations.doctor import check_jobs_set_aside
from tests.cli.kalends import kalends, kalends_json, refusal

JOBS = """
    INSERT INTO jobs (kind, owner, lane, state, attempts, losses, due_at, last_error, ended_at)
    VALUES ('webhooks', 'user 1', 'w1', 'set_aside', 3, 3, now(), '3 workers ended', now()),
           ('mails', 'user 1', '', 'set_aside', 2, 3, now(), '3 workers ended', now()),
           ('mails', 'user 1', '', 'done', 1, 0, now(), NULL, now())
"""


@pytest.fixture
def jobs_url(url: str) -> str:
    """Return the URL of a database with three jobs, two of them set aside."""
    with psycopg.connect(url) as connection:
        connection.execute(JOBS)
    return url


def states(url: str) -> list[tuple[int, str, int]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT id, state, losses FROM jobs ORDER BY id").fetchall()


def test_jobs_that_were_set_aside_are_listed_with_the_reason(jobs_url: str) -> None:
    lines = kalends("jobs", "list", "--database-url", jobs_url).stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["ID", "2", "1"]
    assert lines[2].endswith("webhooks  user 1  w1    3         3 workers ended")
    [newest, _] = kalends_json("jobs", "list", "--database-url", jobs_url)["jobs"]
    assert (newest["id"], newest["kind"], newest["reason"]) == (2, "mails", "3 workers ended")


def test_jobs_that_are_named_begin_anew(jobs_url: str) -> None:
    assert kalends_json("jobs", "retry", "1", "--database-url", jobs_url) == {"ids": [1]}
    assert states(jobs_url) == [(1, "ready", 0), (2, "set_aside", 3), (3, "done", 0)]


def test_all_jobs_that_were_set_aside_begin_anew(jobs_url: str) -> None:
    assert kalends_json("jobs", "retry", "--all", "--database-url", jobs_url) == {"ids": [1, 2]}
    assert states(jobs_url) == [(1, "ready", 0), (2, "ready", 0), (3, "done", 0)]
    assert kalends("jobs", "retry", "--all", "--database-url", jobs_url).stdout == "No job is set aside.\n"


@pytest.mark.parametrize("words", [("1", "3"), ("99",), (), ("1", "--all")])
def test_a_job_that_is_not_set_aside_is_refused_in_one_line(jobs_url: str, words: tuple[str, ...]) -> None:
    assert refusal("jobs", "retry", *words, "--database-url", jobs_url)
    assert states(jobs_url) == [(1, "set_aside", 3), (2, "set_aside", 3), (3, "done", 0)]


def test_the_doctor_points_out_what_is_set_aside(jobs_url: str) -> None:
    with psycopg.connect(jobs_url) as connection:
        check = check_jobs_set_aside(connection)
        assert check.verdict == "warning"
        assert check.found == "set aside: 1 of mails, 1 of webhooks (3 workers ended)"
        assert "kalends jobs retry" in (check.advice or "")
        connection.execute("UPDATE jobs SET state = 'done'")
        assert check_jobs_set_aside(connection).verdict == "ok"
