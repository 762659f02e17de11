"""Why an operation on absences is refused."""

from kalends.api.output.errors import BadRequest, Conflict, Forbidden


class EntryOfSomebodyElse(Forbidden):
    """403: the user of the path has no such absence; whether somebody else has is not told."""

    def __init__(self, entry_id: int, user_id: int) -> None:
        super().__init__(f"User {user_id} has no out of office entry {entry_id}.")


class OneDateOnly(BadRequest):
    """400: one of start and end is to change without the other."""

    message = "Send both start and end, or neither of them."


class EndsBeforeStart(BadRequest):
    """400: the last date is before the first."""

    message = "end must not be on a date before that of start."


class StandInsInCircle(BadRequest):
    """400: whoever stands in is away too, and leads back to the user by those who stand in for them."""

    def __init__(self, user_id: int, to_user_id: int) -> None:
        super().__init__(
            f"toUserId: user {to_user_id} is out of office meanwhile, and user {user_id} stands in for them, "
            "by themselves or by others. Name somebody who is there."
        )


class AwayAlready(Conflict):
    """409: the user has an absence of exactly these dates."""

    message = "There is an out of office entry of this user with exactly the same start and end."


class StandsInForThemselves(BadRequest):
    """400: the user is to stand in for themselves."""

    message = "toUserId must be another user than the one who is out of office."


class StandInOfElsewhere(BadRequest):
    """400: whoever is to stand in is in no team or organization of the user."""

    def __init__(self, to_user_id: int) -> None:
        super().__init__(
            f"toUserId: there is no user {to_user_id} in the teams and organizations that this user is an "
            "accepted member of."
        )
