"""What commands on teams refuse."""

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
