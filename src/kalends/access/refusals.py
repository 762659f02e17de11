"""Why a guard refuses a request.

A caller without a role somewhere is not told whether that place exists: ids can be guessed, and what others
have is none of the caller's business.
"""

from kalends.access.roles import Requirement
from kalends.api.output.errors import Forbidden, NotFound, Unauthorized


class NoRole(Forbidden):
    """403: the organization or team does not exist, or the caller is no accepted member of it."""

    def __init__(self, what: str, place_id: int) -> None:
        super().__init__(f"There is no {what} {place_id} that you are an accepted member of.")


class NoSuchOrganization(Forbidden):
    """403: there is no such organization."""

    def __init__(self, organization_id: int) -> None:
        super().__init__(f"There is no organization {organization_id}.")


class WeakRole(Forbidden):
    """403: the caller's role is weaker than what the operation needs."""

    def __init__(self, requirement: Requirement, place_id: int) -> None:
        where = f"the {requirement.holder.name.lower()} {place_id}"
        super().__init__(
            f"This needs at least the role {requirement.weakest.value} in {where}; yours is weaker."
        )


class TeamNotInOrganization(NotFound):
    """404: the organization has no such team."""

    def __init__(self, team_id: int, organization_id: int) -> None:
        super().__init__(f"There is no team {team_id} in the organization {organization_id}.")


class UnknownTeam(NotFound):
    """404: there is no such team; told only to system administrators, whom no role keeps out."""

    def __init__(self, team_id: int) -> None:
        super().__init__(f"There is no team {team_id}.")


class UserNotInOrganization(Forbidden):
    """403: the organization does not know the user of the path."""

    def __init__(self, user_id: int, organization_id: int) -> None:
        super().__init__(f"The organization {organization_id} has no user {user_id}.")


class UserNotInTeam(Forbidden):
    """403: the user of the path is not of the team, or its organization does not know them."""

    def __init__(self, user_id: int, team_id: int) -> None:
        super().__init__(f"The team {team_id} has no member with the user id {user_id}.")


class UnknownMembership(NotFound):
    """404: the organization or team of the path has no such membership."""

    def __init__(self, membership_id: int, place_id: int) -> None:
        super().__init__(f"There is no membership {membership_id} in {place_id}, which the path names.")


class ManagedUserKeptOut(Forbidden):
    """403: an OAuth client manages the caller, and who manages whom is none of a managed user's business."""

    message = "Users whom an OAuth client manages have no access to OAuth clients, whatever their role."


class OrganizationNotNamed(Unauthorized):
    """401: the credential is one of a person, and the operation needs one of an organization."""

    message = (
        "This operation needs a credential of an organization: an API key that was made for it, the id and "
        "secret of an OAuth client, or an access token."
    )


class NoOrganization(Forbidden):
    """403: the caller is no accepted member of any organization."""

    message = "You are no accepted member of any organization."


class NoPlatform(Forbidden):
    """403: the caller's organization is no platform, which may have OAuth clients."""

    def __init__(self, organization_id: int) -> None:
        super().__init__(f"The organization {organization_id} is no platform.")


class WeakPlatformRole(Forbidden):
    """403: the caller's role in the platform is weaker than what the operation needs."""

    def __init__(self, organization_id: int) -> None:
        super().__init__(f"This needs the role ADMIN or OWNER in the organization {organization_id}.")


class UnknownClient(NotFound):
    """404: there is no OAuth client with this id."""

    def __init__(self, client_id: str) -> None:
        super().__init__(f"There is no OAuth client {client_id!r}.")


class ClientOfAnotherOrganization(Forbidden):
    """403: the OAuth client belongs to another organization."""

    def __init__(self, client_id: str) -> None:
        super().__init__(f"The OAuth client {client_id!r} belongs to another organization.")


class RoleChanged(Forbidden):
    """403: the caller's role was changed by somebody else while the request was on its way."""

    def __init__(self) -> None:
        super().__init__("Your role here was changed while this request was on its way; nothing was done.")
