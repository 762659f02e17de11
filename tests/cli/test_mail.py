"""`kalends mail`."""

from pathlib import Path

import psycopg
import pytest

from tests.cli.kalends import kalends, kalends_json, refusal

MAIL = """
    WITH job AS (
        INSERT INTO jobs (kind, owner, state, last_error, attempts, due_at, ended_at)
        VALUES ('mails', 'user 1', %(state)s, %(error)s, 1, now(), now()) RETURNING id)
    INSERT INTO mails (cause, template, recipient, locale, time_zone, message_id, booking_uid, reason, job_id)
    SELECT %(cause)s, 'attendee.scheduled', %(to)s, 'en', 'Europe/Rome', '<1@example.com>', %(uid)s, %(why)s,
           id
      FROM job
"""


@pytest.fixture
def mails_url(url: str) -> str:
    """Return the URL of a database with three mails about two bookings."""
    names = ("cause", "to", "uid", "state", "why", "error")
    with psycopg.connect(url) as connection:
        for values in (
            ("event:1", "ana@example.com", "one", "done", None, None),
            ("event:1", "bo@example.com", "one", "failed", None, "550 no such user"),
            ("event:2", "bo@example.com", "two", "dropped", "switched off", None),
        ):
            connection.execute(MAIL, dict(zip(names, values, strict=True)))
    return url


def test_the_log_shows_the_newest_first_and_why_one_was_not_sent(mails_url: str) -> None:
    lines = kalends("mail", "list", "--database-url", mails_url).stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["ID", "3", "2", "1"]
    assert lines[1].endswith("attendee.scheduled  suppressed  switched off")
    assert lines[2].endswith("attendee.scheduled  failed      550 no such user")


def test_the_log_of_a_booking_has_the_mails_about_it(mails_url: str) -> None:
    found = kalends_json("mail", "list", "--booking", "one", "--database-url", mails_url)["mails"]
    assert [(mail["to"], mail["state"], mail["lastError"]) for mail in found] == [
        ("bo@example.com", "failed", "550 no such user"),
        ("ana@example.com", "sent", None),
    ]


def test_a_mail_whose_message_is_not_kept_says_so(mails_url: str) -> None:
    assert "no longer kept" in kalends("mail", "show", "1", "--database-url", mails_url).stdout
    assert kalends_json("mail", "show", "1", "--database-url", mails_url)["message"] is None


@pytest.mark.parametrize("word", ["show", "resend"])
def test_a_mail_that_there_is_not_is_refused_in_one_line(mails_url: str, word: str) -> None:
    assert "mail 99" in refusal("mail", word, "99", "--database-url", mails_url)


def test_all_mails_can_be_looked_at_without_a_server(tmp_path: Path) -> None:
    files = kalends_json("mail", "preview", str(tmp_path), "--language", "it")["files"]
    assert str(tmp_path / "scheduled.attendee.html") in files
    assert "Il suo appuntamento è fissato" in (tmp_path / "scheduled.attendee.html").read_text()
    assert "'tlh'" in refusal("mail", "preview", str(tmp_path), "--language", "tlh")
