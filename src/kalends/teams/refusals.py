"""Why a team, or a user of an organization, cannot be found."""

from kalends.api.output.errors import NotFound


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
