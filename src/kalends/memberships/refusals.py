"""What commands on memberships refuse."""

from kalends.api.output.errors import BadRequest, Conflict, Forbidden, NotFound, UnprocessableEntity
from kalends.db.database import KeptRefusal


class AlreadyMember(Conflict):
    """409: the user is a member already, or invited."""

    code = "CONFLICT"

    def __init__(self, team_id: int) -> None:
        super().__init__(f"The user has a membership in {team_id} already, accepted or not.")


class AlreadyInvited(AlreadyMember, KeptRefusal):
    """409: the user is invited already; they are reminded by mail."""


class UnknownUser(BadRequest):
    """400: nobody has the id."""

    code = "BAD_REQUEST"

    def __init__(self, user_id: int) -> None:
        super().__init__(f"userId: there is no user {user_id}.")


class UnknownToOrganization(UnprocessableEntity):
    """422: the organization of the team does not know the user."""

    def __init__(self, user_id: int, organization_id: int) -> None:
        super().__init__(
            f"userId: the organization {organization_id} has no user {user_id}; only its users can be "
            "members of its teams."
        )


class NotYoursToAccept(Forbidden):
    """403: only the person themself can accept this membership."""

    def __init__(self, user_id: int) -> None:
        super().__init__(
            f"accepted: only the user {user_id} can accept this membership, by PATCH of "
            '{"accepted": true} or by the link of the invitation.'
        )


class LastAdministrator(Conflict):
    """409: nobody would be left who is an accepted ADMIN or OWNER."""

    def __init__(self, team_id: int) -> None:
        super().__init__(
            f"This is the last accepted ADMIN or OWNER of {team_id}; make somebody else one before."
        )


class MembershipGone(NotFound):
    """404: the membership was deleted while the command ran."""

    code = "NOT_FOUND"

    def __init__(self, membership_id: int) -> None:
        super().__init__(f"The membership {membership_id} was deleted meanwhile.")


class InvitationUnknown(NotFound):
    """404: the link is none of this server's, or the membership is gone."""

    def __init__(self) -> None:
        super().__init__("There is no such invitation.")


class InvitationClosed(Conflict):
    """409: it was accepted, its time is over, or the account has another address now."""

    def __init__(self) -> None:
        super().__init__("This invitation cannot be accepted any more.")
