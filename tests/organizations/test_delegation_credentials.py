"""`/v2/organizations/{orgId}/delegation-credentials`."""

import json
from typing import Any

import pytest

from kalends.app import Api
from kalends.db.database import Database
from tests.organizations.conftest import Company
from tests.support.client import data, refusal
from tests.support.organizations import People

SECRET = "-----BEGIN PRIVATE KEY-----very secret-----END PRIVATE KEY-----"
GOOGLE = {"private_key": SECRET, "client_email": "robot@acme.org", "client_id": "1", "project_id": "p"}
MICROSOFT = {"private_key": SECRET, "tenant_id": "t", "client_id": "1"}
BODY = {"workspacePlatformSlug": "google", "domain": "Acme.org", "serviceAccountKey": GOOGLE}


def path(company: Company) -> str:
    return f"/v2/organizations/{company.id}/delegation-credentials"


async def makes(company: Company, **properties: Any) -> dict[str, Any]:
    """Store a credential, and return it."""
    answer = await company.ada.client.post(path(company), json={**BODY, **properties})
    made: dict[str, Any] = data(answer, 201)
    return made


async def test_a_new_credential_is_not_enabled_and_shows_no_key(
    company: Company, database: Database, api: Api
) -> None:
    made = await makes(company)
    assert made == {
        "id": made["id"],
        "enabled": False,
        "domain": "Acme.org",
        "organizationId": company.id,
        "workspacePlatform": {"name": "Google", "slug": "google"},
        "createdAt": made["createdAt"],
        "updatedAt": made["updatedAt"],
    }
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT service_account_key FROM delegation_credentials")
        rows: Any = await cursor.fetchone()
    assert SECRET.encode() not in rows[0]
    assert json.loads(api.runtime.keys.decrypt(bytes(rows[0]))) == GOOGLE


async def test_a_domain_has_one_credential(company: Company) -> None:
    await makes(company)
    again = {**BODY, "domain": "ACME.ORG", "serviceAccountKey": MICROSOFT}
    error = refusal(await company.ada.client.post(path(company), json=again), 400)
    assert error["code"] == "TRPCError"
    await makes(company, domain="acme.com", workspacePlatformSlug="office365", serviceAccountKey=MICROSOFT)


async def test_a_domain_that_is_enabled_elsewhere_is_taken(
    company: Company, people: People, database: Database
) -> None:
    other = await people.account("other")
    theirs = await people.organization("other", other)
    data(await other.client.post(f"/v2/organizations/{theirs}/delegation-credentials", json=BODY), 201)
    await makes(company, domain="acme.com")
    async with database.connection() as connection:
        await connection.execute("UPDATE delegation_credentials SET enabled = true")
    error = refusal(await company.ada.client.post(path(company), json=BODY), 400)
    assert error["code"] == "TRPCError"


async def test_a_platform_that_is_none(company: Company) -> None:
    answer = await company.ada.client.post(path(company), json={**BODY, "workspacePlatformSlug": "nope"})
    assert refusal(answer, 404)["code"] == "TRPCError"


@pytest.mark.parametrize(
    ("properties", "named"),
    [
        ({"workspacePlatformSlug": ""}, "workspacePlatformSlug"),
        ({"workspacePlatformSlug": None}, "workspacePlatformSlug"),
        ({"domain": ""}, "domain"),
        ({"domain": 5}, "domain"),
        ({"serviceAccountKey": None}, "serviceAccountKey"),
        ({"serviceAccountKey": [GOOGLE]}, "serviceAccountKey"),
        ({"serviceAccountKey": {"private_key": SECRET, "client_id": "1"}}, "serviceAccountKey"),
        ({"serviceAccountKey": {**GOOGLE, "private_key": ""}}, "serviceAccountKey"),
        ({"serviceAccountKey": {**GOOGLE, "client_id": 5}}, "serviceAccountKey"),
        ({"serviceAccountKey": {**MICROSOFT, "tenant_id": None}}, "serviceAccountKey"),
    ],
)
async def test_a_refusal_names_the_rule_and_no_secret(
    company: Company, properties: dict[str, Any], named: str
) -> None:
    answer = await company.ada.client.post(path(company), json={**BODY, **properties})
    error = refusal(answer, 400)
    assert error["code"] == "BadRequestException"
    assert named in error["message"]
    assert "secret" not in answer.text
    made = await makes(company)
    if named == "serviceAccountKey":
        answer = await company.ada.client.patch(f"{path(company)}/{made['id']}", json=properties)
        assert named in refusal(answer, 400)["message"]
        assert "secret" not in answer.text


async def test_it_cannot_be_enabled_yet_and_that_changes_nothing(
    company: Company, database: Database
) -> None:
    made = await makes(company)
    own = f"{path(company)}/{made['id']}"
    for body in ({"enabled": True}, {"enabled": True, "serviceAccountKey": MICROSOFT}):
        error = refusal(await company.ada.client.patch(own, json=body), 400)
        assert error["code"] == "CalendarAppDelegationCredentialNotSetupError"
    assert data(await company.ada.client.patch(own, json={"enabled": False})) == made
    assert data(await company.ada.client.patch(own, json={})) == made
    refusal(await company.ada.client.patch(own, json={"enabled": None}), 400)


async def test_another_key_takes_the_place_of_the_one_before(
    company: Company, database: Database, api: Api
) -> None:
    made = await makes(company)
    changed = data(
        await company.ada.client.patch(f"{path(company)}/{made['id']}", json={"serviceAccountKey": MICROSOFT})
    )
    assert changed == {**made, "updatedAt": changed["updatedAt"]}
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT service_account_key FROM delegation_credentials")
        rows: Any = await cursor.fetchone()
    assert json.loads(api.runtime.keys.decrypt(bytes(rows[0]))) == MICROSOFT
    log = await company.ada.client.get(f"/v2/organizations/{company.id}/audit-log")
    actions = [one["action"] for one in data(log)]
    assert actions[:2] == ["delegation_credential.updated", "delegation_credential.created"]
    assert "secret" not in log.text


async def test_a_credential_that_is_none_or_of_another_organization(company: Company, people: People) -> None:
    other = await people.account("other")
    theirs = await people.organization("other", other)
    found = data(
        await other.client.post(f"/v2/organizations/{theirs}/delegation-credentials", json=BODY), 201
    )
    for unknown in (found["id"], "00000000-0000-4000-8000-000000000000", "x", "5"):
        refusal(await company.ada.client.patch(f"{path(company)}/{unknown}", json={"enabled": 1}), 404)
        refusal(await company.bob.client.patch(f"{path(company)}/{unknown}", json={}), 403)
