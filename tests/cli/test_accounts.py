"""`kalends user` and `kalends api-key`."""

import json
import re

import psycopg
import pytest

from tests.cli.kalends import kalends, kalends_json, refusal


def count(url: str, table: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return row[0] if row else 0


@pytest.fixture
def ana_url(url: str) -> str:
    """Return the URL of a database with one bare account."""
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO users (email, username) VALUES ('ana@example.com', 'ana')")
    return url


def test_a_new_account_can_be_booked_at_once(url: str) -> None:
    options = (
        "--email",
        "ana@example.com",
        "--username",
        "ana",
        "--name",
        "Ana",
        "--time-zone",
        "europe/rome",
    )
    assert kalends_json("user", "create", *options, "--database-url", url) == {
        "id": 1,
        "email": "ana@example.com",
        "username": "ana",
        "name": "Ana",
        "timeZone": "Europe/Rome",
    }
    assert (count(url, "schedules"), count(url, "event_types")) == (1, 4)


def test_a_bare_account_has_neither_schedule_nor_event_types(url: str) -> None:
    options = ("--email", "ana@example.com", "--username", "ana", "--bare")
    kalends_json("user", "create", *options, "--database-url", url)
    assert (count(url, "schedules"), count(url, "event_types")) == (0, 0)


def test_names_are_no_commands_to_the_terminal_nor_lines_of_their_own(ana_url: str) -> None:
    with psycopg.connect(ana_url) as connection:
        connection.execute("UPDATE users SET name = %s", ("\x1b[2JRoot\n2\u202eb@x.io",))
    shown = kalends("user", "list", "--database-url", ana_url).stdout
    assert shown.splitlines()[1:] == [
        "1   ana@example.com  ana       \ufffd[2JRoot\ufffd2\ufffdb@x.io  Europe/London"
    ]


def test_people_see_the_accounts_in_columns(ana_url: str) -> None:
    assert kalends("user", "list", "--database-url", ana_url).stdout.splitlines() == [
        "ID  E-MAIL           USERNAME  NAME  TIME ZONE",
        "1   ana@example.com  ana       -     Europe/London",
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--email", "ana@example.com", "--username", "b"), "email"),
        (("--email", "b@example.com", "--username", "ana"), "username"),
        (("--email", "b@example.com", "--username", "b", "--time-zone", "Mars/Base"), "Mars/Base"),
    ],
)
def test_an_account_that_breaks_a_rule_is_refused_in_one_line(
    ana_url: str, options: tuple[str, ...], said: str
) -> None:
    with psycopg.connect(ana_url) as connection:
        connection.execute("UPDATE users SET email_verified_at = now()")
    assert said in refusal("user", "create", *options, "--database-url", ana_url)
    assert count(ana_url, "users") == 1


def test_a_key_is_shown_once_and_stored_as_a_hash(ana_url: str) -> None:
    key = kalends_json(
        "api-key", "create", "--user", "Ana@example.com", "--note", "laptop", "--database-url", ana_url
    )
    assert re.fullmatch(r"cal_live_[0-9a-f]{32}", key["apiKey"])
    assert key["expiresAt"] is None
    listed = kalends("api-key", "list", "--database-url", ana_url).stdout
    assert "laptop" in listed
    assert key["apiKey"] not in listed


def test_a_test_key_has_the_plain_prefix_and_expires_when_asked(ana_url: str) -> None:
    key = kalends_json(
        "api-key", "create", "--user", "ana@example.com", "--test", "--days", "3", "--database-url", ana_url
    )
    assert re.fullmatch(r"cal_[0-9a-f]{32}", key["apiKey"])
    with psycopg.connect(ana_url) as connection:
        row = connection.execute("SELECT expires_at - created_at FROM api_keys").fetchone()
    assert row is not None
    assert row[0].days == 3 or row[0].total_seconds() == pytest.approx(3 * 86_400, abs=60)


def test_a_revoked_key_is_gone_and_cannot_be_revoked_again(ana_url: str) -> None:
    key = kalends_json("api-key", "create", "--user", "ana@example.com", "--database-url", ana_url)
    assert kalends_json("api-key", "revoke", key["id"], "--database-url", ana_url)["revoked"]
    assert kalends_json("api-key", "list", "--database-url", ana_url) == {"apiKeys": []}
    assert key["id"] in refusal("api-key", "revoke", key["id"], "--database-url", ana_url)


def test_a_key_for_nobody_is_refused(url: str) -> None:
    assert "ben@example.com" in refusal(
        "api-key", "create", "--user", "ben@example.com", "--database-url", url
    )


def test_days_and_never_contradict_each_other(url: str) -> None:
    options = ("--user", "a@example.com", "--days", "1", "--never", "--database-url", url)
    assert "--never" in refusal("api-key", "create", *options)


def flags_of(url: str) -> tuple[object, ...]:
    """Return what an operator says of the only account: administrator, locked, verified."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT is_system_admin, is_locked, email_verified_at IS NOT NULL FROM users"
        ).fetchone()
    assert row is not None
    return row


def update(url: str, *options: str) -> dict[str, object]:
    return kalends_json("user", "update", "--user", "ana@example.com", *options, "--database-url", url)


def test_an_operators_account_has_a_verified_address_and_may_be_an_administrators(url: str) -> None:
    options = ("--email", "ana@example.com", "--username", "ana", "--bare", "--admin")
    made = kalends_json("user", "create", *options, "--database-url", url)
    assert made["email"] == "ana@example.com"
    assert flags_of(url) == (True, False, True)


def test_everything_about_an_account_can_be_changed_at_once(ana_url: str) -> None:
    options = (
        "--email",
        "ada@example.com",
        "--name",
        "Ada",
        "--username",
        "ada",
        "--time-zone",
        "asia/tokyo",
    )
    changed = update(ana_url, *options, "--admin", "--lock")
    assert changed | {"emailVerified": None} == {
        "id": 1,
        "email": "ada@example.com",
        "username": "ada",
        "name": "Ada",
        "timeZone": "Asia/Tokyo",
        "isAdmin": True,
        "isLocked": True,
        "emailVerified": None,
    }
    assert changed["emailVerified"] is not None
    assert flags_of(ana_url) == (True, True, True)


def test_what_is_not_named_stays(ana_url: str) -> None:
    update(ana_url, "--admin", "--lock")
    changed = update(ana_url, "--name", "Ana")
    assert (changed["isAdmin"], changed["isLocked"], changed["emailVerified"]) == (True, True, None)
    changed = update(ana_url, "--no-admin", "--unlock", "--verify-email")
    assert (changed["name"], changed["isAdmin"], changed["isLocked"]) == ("Ana", False, False)
    assert flags_of(ana_url) == (False, False, True)


def test_the_operator_confirms_the_address_that_waits_and_names_an_account_by_its_id(ana_url: str) -> None:
    with psycopg.connect(ana_url) as connection:
        connection.execute("UPDATE users SET pending_email = 'ada@example.com'")
    changes = ("user", "update", "--database-url", ana_url)
    assert kalends_json(*changes, "--user", "1", "--name", "Ada")["pendingEmail"] == "ada@example.com"
    changed = kalends_json(*changes, "--user", "ana@example.com", "--verify-email")
    assert (changed["email"], "pendingEmail" in changed) == ("ada@example.com", False)
    assert changed["emailVerified"] is not None
    assert "ana@example.com" in refusal(*changes, "--user", "ana@example.com", "--name", "Ana")


def test_of_several_accounts_with_an_address_that_none_has_proven_none_is_picked(ana_url: str) -> None:
    with psycopg.connect(ana_url) as connection:
        connection.execute("INSERT INTO users (email, username) VALUES ('ANA@example.com', 'anna')")
    options = ("--database-url", ana_url, "--name", "Ana")
    assert "(1, 2)" in refusal("user", "update", "--user", "ana@example.com", *options)
    kalends_json("user", "update", "--user", "2", "--verify-email", "--database-url", ana_url)
    assert kalends_json("user", "update", "--user", "ana@example.com", *options)["id"] == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "--name"),
        (("--email", "nobody"), "'nobody'"),
        (("--email", "BEN@example.com"), "email"),
        (("--username", "ben"), "username"),
        (("--username", "a/b"), "slash"),
        (("--username", " "), "blanks"),
        (("--time-zone", "Mars/Base"), "Mars/Base"),
        (("--name", "x" * 5_001), "5000"),
        (("--email", f"{'x' * 320}@example.com"), "320"),
    ],
)
def test_a_change_that_breaks_a_rule_is_refused_in_one_line(
    ana_url: str, options: tuple[str, ...], said: str
) -> None:
    with psycopg.connect(ana_url) as connection:
        connection.execute(
            "INSERT INTO users (email, username, email_verified_at) VALUES ('ben@example.com', 'ben', now())"
        )
    changes = ("user", "update", "--user", "ana@example.com", *options, "--database-url", ana_url)
    assert said in refusal(*changes)


def test_nobody_cannot_be_changed_or_deleted(url: str) -> None:
    for options in (("update", "--lock"), ("delete", "--yes")):
        said = refusal("user", *options, "--user", "ana@example.com", "--database-url", url)
        assert "ana@example.com" in said


def test_an_account_is_deleted_with_what_belongs_to_it(url: str) -> None:
    options = ("--email", "ana@example.com", "--username", "ana")
    kalends_json("user", "create", *options, "--database-url", url)
    kalends_json("api-key", "create", "--user", "ana@example.com", "--database-url", url)
    gone = kalends_json("user", "delete", "--user", "ana@example.com", "--yes", "--database-url", url)
    assert (gone["email"], gone["cancelledBookings"]) == ("ana@example.com", 0)
    assert [count(url, table) for table in ("users", "schedules", "event_types", "api_keys")] == [0, 0, 0, 0]


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_an_account_is_not_deleted_unless_that_is_confirmed(ana_url: str, answer: str) -> None:
    ran = kalends("user", "delete", "--user", "ana@example.com", "--database-url", ana_url, stdin=answer)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "Delete ana@example.com" in ran.stderr
    assert count(ana_url, "users") == 1


def test_an_account_is_deleted_once_that_is_confirmed(ana_url: str) -> None:
    options = ("user", "delete", "--user", "ana@example.com", "--database-url", ana_url, "--json")
    ran = kalends(*options, stdin="y\n")
    assert json.loads(ran.stdout.splitlines()[-1])["id"] == 1
    assert count(ana_url, "users") == 0


def test_nobody_is_asked_about_an_account_that_is_not_there(ana_url: str) -> None:
    ran = kalends("user", "delete", "--user", "nobody@example.com", "--database-url", ana_url, stdin="y\n")
    assert ran.returncode != 0
    assert ran.stderr.strip() == "kalends: There is no user with the e-mail nobody@example.com."
