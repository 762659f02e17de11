"""`kalends organization`, keys of organizations, and `kalends workspace-platform`."""

import psycopg
import pytest

from tests.cli.kalends import kalends, kalends_json, refusal

ANA, BEN = "ana@example.com", "ben@example.com"


@pytest.fixture
def two_url(url: str) -> str:
    """Return the URL of a database with two bare accounts."""
    with psycopg.connect(url) as connection:
        connection.execute(
            """
            INSERT INTO users (email, username) VALUES ('ana@example.com', 'ana'), ('ben@example.com', 'ben')
            """
        )
    return url


@pytest.fixture
def acme_url(two_url: str) -> str:
    """Return the URL of a database where ana has an organization, number 1."""
    organization(two_url, "create", "--name", "Acme", "--slug", "acme", "--owner", ANA)
    return two_url


def organization(url: str, *arguments: str) -> dict[str, object]:
    return kalends_json("organization", *arguments, "--database-url", url)


def members(url: str) -> list[tuple[object, ...]]:
    """Return everybody's membership in the organization, with the name that it knows them by."""
    with psycopg.connect(url) as connection:
        return connection.execute(
            """
            SELECT m.user_id, m.role, m.accepted, p.username
              FROM memberships m
              LEFT JOIN profiles p ON p.user_id = m.user_id AND p.organization_id = m.team_id
             WHERE m.team_id = 1 ORDER BY m.id
            """
        ).fetchall()


@pytest.mark.parametrize("is_platform", [False, True])
def test_an_organization_begins_with_its_owner(two_url: str, is_platform: bool) -> None:
    options = ("--name", "Acme", "--slug", "acme", "--owner", "Ana@Example.com")
    made = organization(two_url, "create", *options, *(["--platform"] if is_platform else []))
    assert made == {"id": 1, "name": "Acme", "slug": "acme", "isPlatform": is_platform, "ownerId": 1}
    assert members(two_url) == [(1, "OWNER", True, "ana")]
    assert organization(two_url, "list") == {"organizations": [made]}


def test_people_see_the_organizations_in_columns(acme_url: str) -> None:
    assert kalends("organization", "list", "--database-url", acme_url).stdout.splitlines() == [
        "ID  NAME  SLUG  PLATFORM  OWNER",
        "1   Acme  acme  no        1",
    ]


@pytest.mark.parametrize(
    ("name", "slug", "owner", "said"),
    [
        ("Two", "acme", ANA, "'acme'"),
        ("Two", "lab", ANA, "'lab'"),
        ("Two", "two", "nobody@example.com", "nobody@example.com"),
        ("", "two", ANA, "name"),
        ("Two", " ", ANA, "slug"),
        ("Two", "a/b", ANA, "slash"),
    ],
)
def test_an_organization_that_breaks_a_rule_is_refused_in_one_line(
    acme_url: str, name: str, slug: str, owner: str, said: str
) -> None:
    with psycopg.connect(acme_url) as connection:
        connection.execute("INSERT INTO teams (name, slug) VALUES ('Lab', 'lab')")
    options = ("--name", name, "--slug", slug, "--owner", owner)
    assert said in refusal("organization", "create", *options, "--database-url", acme_url)
    listed = organization(acme_url, "list")["organizations"]
    assert isinstance(listed, list)
    assert len(listed) == 1


@pytest.mark.parametrize(
    ("options", "role", "accepted", "username"),
    [
        ((), "MEMBER", True, "ben"),
        (("--role", "ADMIN", "--username", "benny"), "ADMIN", True, "benny"),
        (("--role", "OWNER", "--pending"), "OWNER", False, "ben"),
    ],
)
def test_a_member_is_added_with_a_profile(
    acme_url: str, options: tuple[str, ...], role: str, accepted: bool, username: str
) -> None:
    added = organization(acme_url, "add-member", "--organization", "1", "--user", BEN, *options)
    assert added == {"membershipId": 2, "userId": 2, "role": role, "accepted": accepted}
    assert members(acme_url)[1] == (2, role, accepted, username)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--organization", "1", "--user", ANA), "already"),
        (("--organization", "1", "--user", BEN, "--username", "ana"), "'ana'"),
        (("--organization", "1", "--user", BEN, "--username", "a/b"), "slash"),
        (("--organization", "1", "--user", "nobody@example.com"), "nobody@example.com"),
        (("--organization", "7", "--user", BEN), "no organization 7"),
        (("--organization", "99999999999999999999", "--user", BEN), "99999999999999999999"),
        (("--organization", "2", "--user", BEN), "no organization 2"),
    ],
)
def test_a_member_that_breaks_a_rule_is_refused_in_one_line(
    acme_url: str, options: tuple[str, ...], said: str
) -> None:
    with psycopg.connect(acme_url) as connection:
        connection.execute("INSERT INTO teams (name, slug) VALUES ('Lab', 'lab')")
    assert said in refusal("organization", "add-member", *options, "--database-url", acme_url)
    assert len(members(acme_url)) == 1


def test_an_unknown_role_is_refused(acme_url: str) -> None:
    options = ("--organization", "1", "--user", BEN, "--role", "BOSS", "--database-url", acme_url)
    ran = kalends("organization", "add-member", *options)
    assert ran.returncode != 0
    assert "BOSS" in ran.stderr


def test_a_key_of_an_organization_is_for_its_accepted_members(acme_url: str) -> None:
    options = ("api-key", "create", "--organization", "1", "--database-url", acme_url)
    made = kalends_json(*options, "--user", ANA)
    assert made["organizationId"] == 1
    [listed] = kalends_json("api-key", "list", "--database-url", acme_url)["apiKeys"]
    assert (listed["id"], listed["organizationId"]) == (made["id"], 1)
    assert "no accepted member" in refusal(*options, "--user", BEN)
    organization(acme_url, "add-member", "--organization", "1", "--user", BEN, "--pending")
    assert "no accepted member" in refusal(*options, "--user", BEN)


def test_a_key_of_no_organization_is_refused(acme_url: str) -> None:
    options = ("api-key", "create", "--user", ANA, "--organization", "7", "--database-url", acme_url)
    assert "no organization 7" in refusal(*options)


def test_workspace_platforms_are_listed(url: str) -> None:
    assert kalends_json("workspace-platform", "list", "--database-url", url) == {
        "workspacePlatforms": [
            {"slug": "google", "name": "Google"},
            {"slug": "office365", "name": "Microsoft 365"},
        ]
    }


def test_a_name_that_is_no_text_is_refused(two_url: str) -> None:
    options = ("--name", "\udcff", "--slug", "acme", "--owner", ANA)
    assert "UTF-8" in refusal("organization", "create", *options, "--database-url", two_url)
