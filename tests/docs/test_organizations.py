"""docs/organizations.md leads from nothing to a team with members."""

from collections.abc import Mapping

from tests.docs.conftest import Documents


def test_an_organization_gets_a_team_with_members(answers: Mapping[str, Documents]) -> None:
    joined, members, log, away, absences = answers["organizations"]
    assert (joined["data"]["accepted"], joined["data"]["role"]) == (True, "MEMBER")
    assert joined["data"]["user"]["email"] == "nora@acme.example.com"
    assert [one["role"] for one in members["data"]] == ["MEMBER"]
    [entry] = log["data"]
    assert entry["subject"]["id"] == str(joined["data"]["id"])
    assert (away["data"]["userId"], away["data"]["reason"]) == (joined["data"]["userId"], "vacation")
    assert absences["data"] == [away["data"]]
