"""`kalends audit list`."""

import psycopg
import pytest

from tests.cli.kalends import kalends, kalends_json, refusal


@pytest.fixture
def acme_url(url: str) -> str:
    """Return the URL of a database where ana has an organization, number 1."""
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO users (email, username) VALUES ('ana@example.com', 'ana')")
    options = ("--name", "Acme", "--slug", "acme", "--owner", "ana@example.com")
    kalends_json("organization", "create", *options, "--database-url", url)
    return url


def test_the_log_is_shown_newest_first(acme_url: str) -> None:
    shown = kalends_json("audit", "list", "--organization", "1", "--database-url", acme_url)
    entries = shown["entries"]
    assert isinstance(entries, list)
    assert [one["action"] for one in entries] == ["membership.created", "organization.created"]
    assert entries[1]["after"] == {"name": "Acme", "slug": "acme", "isPlatform": False}
    lines = kalends("audit", "list", "--organization", "1", "--database-url", acme_url).stdout.splitlines()
    assert lines[0].split() == ["TIME", "ACTOR", "ACTION", "SUBJECT", "CHANGE"]
    assert "membership.created" in lines[1]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--limit", "1"), 1),
        (("--action", "organization.created"), 1),
        (("--action", "team.created"), 0),
        (("--since", "2020-01-01"), 2),
        (("--since", "2999-01-01T00:00:00Z"), 0),
    ],
)
def test_entries_are_chosen(acme_url: str, options: tuple[str, ...], found: int) -> None:
    shown = kalends_json("audit", "list", "--organization", "1", *options, "--database-url", acme_url)
    entries = shown["entries"]
    assert isinstance(entries, list)
    assert len(entries) == found


def test_a_time_that_is_none_is_refused(acme_url: str) -> None:
    options = ("--organization", "1", "--since", "soon", "--database-url", acme_url)
    assert "--since" in refusal("audit", "list", *options)
