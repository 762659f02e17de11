"""docs/platform.md leads from nothing to a managed user with new tokens."""

from collections.abc import Mapping

from tests.docs.conftest import Documents


def test_a_platform_gets_a_client_with_a_user(answers: Mapping[str, Documents]) -> None:
    offered, me, hook, keys, users = answers["platform"]
    assert offered["data"]["slug"] == "visit"
    [user] = users["data"]
    assert (me["data"]["id"], me["data"]["email"]) == (user["id"], user["email"])
    assert user["email"] == f"doctor+{hook['data']['oAuthClientId']}@clinic.example.com"
    assert keys["data"]["refreshToken"].count(".") == 2
