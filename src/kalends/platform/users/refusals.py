"""Why a managed user cannot be made, changed or found."""

from kalends.api.output.errors import BadRequest, Conflict, NotFound


class UnknownManagedUser(NotFound):
    """404: the OAuth client manages no user with this id."""

    def __init__(self, user_id: int) -> None:
        super().__init__(f"The OAuth client manages no user {user_id}.")


class ManagedUserExists(Conflict):
    """409: the OAuth client manages a user with this e-mail address already."""

    def __init__(self, email: str, user_id: int) -> None:
        super().__init__(f"User with the e-mail {email} already exists, with the id {user_id}.")


class ManagedEmailInvalid(BadRequest):
    """400: the e-mail address of a new managed user is none."""

    code = "TRPCError"

    def __init__(self, email: str) -> None:
        super().__init__(f"email: {email!r} is not an e-mail address.")


class ManagedEmailTaken(Conflict):
    """409: another account has the e-mail address or the username that follows from it."""

    code = "CONFLICT"

    def __init__(self, email: str) -> None:
        super().__init__(f"email: {email} is the address of another user, who already exists.")


class FilterNoEmail(BadRequest):
    """400: an entry of the list `emails` is not an e-mail address."""

    def __init__(self, value: str) -> None:
        super().__init__(f"emails: {value!r} is not an e-mail address.")
