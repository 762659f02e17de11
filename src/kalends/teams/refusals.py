"""Why a team, or a user of an organization, cannot be found, made or changed."""

from kalends.api.output.errors import BadRequest, Conflict, NotFound


class TeamNameTaken(BadRequest):
    """400: whoever makes a team is in one of this name already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"name: you are in a team named {name!r} already, or invited to it.")


class TeamSlugTaken(Conflict):
    """409: another team or organization has the slug where slugs must differ."""

    code = "CONFLICT"

    def __init__(self, slug: str | None) -> None:
        super().__init__(f"slug: another team has the slug {slug!r} there; send another one.")


class ForeignClient(BadRequest):
    """400: `x-cal-client-id` names no OAuth client of the organization."""

    def __init__(self) -> None:
        super().__init__("x-cal-client-id must be the id of an OAuth client of this organization.")


class TeamGone(NotFound):
    """404: the team was deleted while the command ran."""

    code = "NOT_FOUND"

    def __init__(self, team_id: int) -> None:
        super().__init__(f"The team {team_id} was deleted meanwhile.")


class UnknownTeamSlug(NotFound):
    """404: there is no team with this slug, in the organization or outside of all."""

    def __init__(self, slug: str, organization_slug: str | None) -> None:
        if organization_slug is None:
            where = "outside of organizations; one of an organization needs organizationSlug"
        else:
            where = f"in the organization {organization_slug!r}"
        super().__init__(f"There is no team {slug!r} {where}.")


class UnknownProfile(NotFound):
    """404: the organization knows no user by this name."""

    def __init__(self, username: str, organization: str | int) -> None:
        super().__init__(f"There is no user {username!r} in the organization {organization!r}.")
