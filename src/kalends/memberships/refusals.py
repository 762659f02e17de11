"""Why somebody cannot become a member."""

from kalends.api.output.errors import Conflict


class AlreadyMember(Conflict):
    """409: the user is already a member, or invited."""

    code = "CONFLICT"

    def __init__(self, team_id: int) -> None:
        super().__init__(f"The user has a membership in {team_id} already, accepted or not.")
