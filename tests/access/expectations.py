"""What a caller gets, derived from what an operation declares.

What is asked for exists and belongs to the estate of the path (`tests.access.estate`), so a step decides by
who calls, or lets everybody pass.
"""

from collections.abc import Callable, Mapping
from enum import Enum

from kalends.auth.declaration import Declaration
from kalends.memberships.membership import Role
from tests.access.callers import Caller, Credential
from tests.access.estate import example_of, parameters_of

_RANK = {None: 0, Role.MEMBER: 1, Role.ADMIN: 2, Role.OWNER: 3}

_ANSWERS = frozenset(range(200, 500))


class Outcome(Enum):
    """What comes of a request, as the statuses that show it."""

    UNAUTHENTICATED = frozenset({401})
    TO_BE_REFRESHED = frozenset({498})
    FORBIDDEN = frozenset({403})
    NOT_FOUND = frozenset({404})
    NOT_THEIRS = frozenset({403, 404})
    ADMITTED = _ANSWERS - {401, 403, 404}
    LEFT_OPEN = _ANSWERS - {401}

    def statuses(self, *, is_broken: bool) -> frozenset[int]:
        """Return what may be answered; `is_broken`: the body is refused before anybody asks whose it is."""
        statuses: frozenset[int] = self.value
        return statuses | {400} if is_broken and self is Outcome.NOT_THEIRS else statuses


Step = Callable[[Caller, Declaration], bool]


def _always(_caller: Caller, _declaration: Declaration) -> bool:
    return True


def _is_of_organization(caller: Caller, _declaration: Declaration) -> bool:
    return caller.is_system_admin or caller.organization_role is not None


def _has_role(caller: Caller, declaration: Declaration) -> bool:
    if caller.is_system_admin:
        return True
    holder, _, weakest = (declaration.role or "").partition("_")
    needed = _RANK[Role(weakest)]
    if holder == "ORG":
        return _RANK[caller.organization_role] >= needed
    if "Org" in declaration.steps and "TeamInOrg" not in declaration.steps:
        # The role may be one in any team of the organization
        roles = (caller.team_role, caller.other_team_role)
        return _RANK[caller.organization_role] > _RANK[Role.MEMBER] or any(
            _RANK[role] >= needed for role in roles
        )
    rules_teams = "Org" in declaration.steps and _RANK[caller.organization_role] >= _RANK[Role.ADMIN]
    return rules_teams or _RANK[caller.team_role] >= needed


def _has_permissions(caller: Caller, _declaration: Declaration) -> bool:
    return not caller.lacks_permissions


def _has_platform_role(caller: Caller, declaration: Declaration) -> bool:
    weakest = (declaration.role or "").rpartition("/")[2]
    needed = _RANK[Role.MEMBER if weakest == "MEMBER" else Role.ADMIN]
    return not caller.is_managed and _RANK[caller.platform_role] >= needed


def _is_of_platform(caller: Caller, _declaration: Declaration) -> bool:
    return caller.foreign_role is None


def _is_client_if_asked(caller: Caller, declaration: Declaration) -> bool:
    """Tell whether a client, where nobody else is admitted, is the one that has the webhook."""
    return "Client" in declaration.steps or caller.is_of_that_client


def _is_user(caller: Caller, _declaration: Declaration) -> bool:
    return caller.is_user


def _is_user_or_system_admin(caller: Caller, _declaration: Declaration) -> bool:
    return caller.is_user or caller.is_system_admin


STEPS: Mapping[str, Step] = {
    "Perm": _has_permissions,
    "PlatRole": _has_platform_role,
    "Client": _is_of_platform,
    "ManagedOrg": _always,
    "WhClient": _is_client_if_asked,
    "Org": _is_of_organization,
    "Roles": _has_role,
    "TeamInOrg": _always,
    "UserInOrg": _always,
    "UserInTeam": _always,
    "MembInOrg": _always,
    "WhInOrg": _always,
    "OooOwner": _always,
    "WhOwner": _is_user_or_system_admin,
    "WhEvent": _is_user,
}
"""Whom each step lets pass that comes after `Auth`; all others are refused with 403."""

_OF_NOBODY_IN_PARTICULAR = {"Auth", "Perm"}
"""Steps of operations that look at whose something is in their handler."""

_FOREIGN: Mapping[str, Mapping[str, Outcome]] = {
    "orgId": {"Org": Outcome.FORBIDDEN},
    "teamId": {"TeamInOrg": Outcome.NOT_FOUND, "Roles": Outcome.FORBIDDEN},
    "managedOrganizationId": {"ManagedOrg": Outcome.FORBIDDEN},
    "clientId": {"Client": Outcome.FORBIDDEN},
    "userId": {
        "UserInOrg": Outcome.FORBIDDEN,
        "UserInTeam": Outcome.FORBIDDEN,
        "Client": Outcome.NOT_FOUND,
    },
    "oooId": {"OooOwner": Outcome.FORBIDDEN},
    "membershipId": {"MembInOrg": Outcome.NOT_FOUND, "Roles": Outcome.NOT_FOUND},
    "eventTypeId": {"WhEvent": Outcome.FORBIDDEN},
    "webhookId": {
        "WhInOrg": Outcome.FORBIDDEN,
        "WhClient": Outcome.FORBIDDEN,
        "WhOwner": Outcome.FORBIDDEN,
        "WhEvent": Outcome.FORBIDDEN,
    },
}
"""What the guard of a step answers when a parameter names something of another organization or its user."""


def is_public(declaration: Declaration) -> bool:
    """Tell whether nobody needs a credential."""
    return "Auth" not in declaration.steps and not is_of_sessions(declaration)


def is_of_sessions(declaration: Declaration) -> bool:
    """Tell whether only web sessions are let in, of which there are none."""
    return "Session" in declaration.steps


def outcome_of(declaration: Declaration, path: str, caller: Caller) -> Outcome:
    """Return what a caller gets who asks for what is in the estate."""
    if not _is_authenticated(declaration, caller):
        return Outcome.UNAUTHENTICATED
    if is_public(declaration):
        return Outcome.ADMITTED
    if caller.credential is Credential.EXPIRED:
        return Outcome.TO_BE_REFRESHED
    if not _is_of_the_kind(caller, path):
        return Outcome.UNAUTHENTICATED
    if path.startswith(f"{_USERS_OF_CREDENTIAL}/{{userId}}") and not caller.is_of_that_client:
        return Outcome.NOT_FOUND
    for step in declaration.steps[1:]:
        assert step in STEPS, (
            f"STEPS of tests/access/expectations.py does not say whom {step} lets pass; "
            "say it there, and in _FOREIGN what it answers to ids of another organization."
        )
        if not STEPS[step](caller, declaration):
            return Outcome.FORBIDDEN
    if caller.is_user or not _is_of_the_user(declaration, path):
        return Outcome.ADMITTED
    return Outcome.LEFT_OPEN if caller.is_system_admin else Outcome.NOT_THEIRS


def outcome_of_foreign(declaration: Declaration, parameter: str, caller: Caller) -> Outcome:
    """Return what somebody gets who is admitted to the estate, when one parameter names what is elsewhere.

    The others name what is in the estate.
    """
    if parameter == "clientId" and caller.client_of is not None:
        return Outcome.UNAUTHENTICATED
    by_team = (declaration.role or "").startswith("TEAM_")
    rules_teams = caller.is_system_admin or _RANK[caller.organization_role] >= _RANK[Role.ADMIN]
    if parameter == "teamId" and by_team and not rules_teams:
        return Outcome.FORBIDDEN  # they have no role there, which is asked before
    rules = _FOREIGN.get(parameter, {})
    return next((outcome for step, outcome in rules.items() if step in declaration.steps), Outcome.NOT_THEIRS)


def _is_of_the_kind(caller: Caller, path: str) -> bool:
    """Tell whether the credential is of a kind that the operation takes."""
    if caller.client_of is not None and "{clientId}" in path and not caller.is_of_that_client:
        return False  # their secret is not that of the client in the path
    if path == _CLIENTS:
        return caller.names_organization
    if path.startswith(_OF_CLIENT_ITSELF):
        return caller.client_of is not None
    return True


_CLIENTS = "/v2/oauth-clients"
_USERS_OF_CREDENTIAL = "/v2/platform/managed-users"
_OF_CLIENT_ITSELF = ("/v2/oauth/", _USERS_OF_CREDENTIAL, "/v2/platform/webhooks")


def _is_authenticated(declaration: Declaration, caller: Caller) -> bool:
    if is_of_sessions(declaration):
        return False
    match caller.credential:
        case Credential.GOOD:
            return True
        case Credential.EXPIRED:
            # Where a credential is not needed a bad one is looked at all the same, unless it is public.
            return True
        case Credential.NONE:
            return is_public(declaration)
        case Credential.UNKNOWN:
            return is_public(declaration) and "Auth?" not in declaration.steps
        case Credential.UNKNOWN_KEY:
            return False


def _is_of_the_user(declaration: Declaration, path: str) -> bool:
    """Tell whether an operation is about something of the estate's user, and no step has decided on it."""
    named = any(example_of(parameter).is_the_users for parameter in parameters_of(path))
    return named and set(declaration.steps) <= _OF_NOBODY_IN_PARTICULAR
