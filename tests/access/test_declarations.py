"""What operations demand can be read from them, in the words of the contract."""

import pytest
from fastapi import FastAPI

from kalends.api.http.operation import Operation
from kalends.auth.declaration import Declaration
from kalends.auth.principal import Permission
from tests.access.declarations import declaration_of

ORGANIZATION = ("Auth", "Org", "Roles")
TEAM = ("Auth", "Roles")
BOTH = (*ORGANIZATION, "TeamInOrg")

EXPECTED = {
    "/own": Declaration(("Auth", "Perm"), permissions=Permission.SCHEDULE_READ),
    "/organizations/{orgId}/member": Declaration(ORGANIZATION, "ORG_MEMBER"),
    "/organizations/{orgId}/admin": Declaration(ORGANIZATION, "ORG_ADMIN"),
    "/organizations/{orgId}/owner": Declaration(ORGANIZATION, "ORG_OWNER"),
    "/organizations/{orgId}/users/{userId}": Declaration((*ORGANIZATION, "UserInOrg"), "ORG_ADMIN"),
    "/organizations/{orgId}/memberships/{membershipId}": Declaration(
        (*ORGANIZATION, "MembInOrg"), "ORG_ADMIN"
    ),
    "/teams/{teamId}/member": Declaration(TEAM, "TEAM_MEMBER"),
    "/teams/{teamId}/admin": Declaration(TEAM, "TEAM_ADMIN"),
    "/teams/{teamId}/owner": Declaration(TEAM, "TEAM_OWNER"),
    "/teams/{teamId}/memberships/{membershipId}": Declaration(TEAM, "TEAM_ADMIN"),
    "/organizations/{orgId}/teams/{teamId}/member": Declaration(BOTH, "TEAM_MEMBER"),
    "/organizations/{orgId}/teams/{teamId}/admin": Declaration(BOTH, "TEAM_ADMIN"),
    "/organizations/{orgId}/teams/{teamId}/settings": Declaration(BOTH, "ORG_ADMIN"),
    "/organizations/{orgId}/teams/{teamId}/memberships/{membershipId}": Declaration(BOTH, "TEAM_ADMIN"),
    "/organizations/{orgId}/teams/{teamId}/users/{userId}": Declaration((*BOTH, "UserInTeam"), "TEAM_ADMIN"),
}


def operation_at(api: FastAPI, path: str, method: str = "GET") -> Operation:
    return next(
        route
        for route in api.router.routes
        if isinstance(route, Operation) and route.path == path and method in (route.methods or ())
    )


def test_an_operation_tells_which_guard_it_has(probed_api: FastAPI) -> None:
    for path, expected in EXPECTED.items():
        assert declaration_of(operation_at(probed_api, f"/v2/probes{path}").dependant) == expected, path


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/v2/webhooks", Declaration(("Auth",))),
        ("GET", "/v2/me", Declaration(("Auth", "Perm"), permissions=Permission.PROFILE_READ)),
        ("POST", "/v2/slots/reservations", Declaration(("Auth?",))),
        ("GET", "/v2/slots", Declaration()),
    ],
)
def test_so_do_the_operations_without_a_place(
    api: FastAPI, method: str, path: str, expected: Declaration
) -> None:
    assert declaration_of(operation_at(api, path, method).dependant) == expected
