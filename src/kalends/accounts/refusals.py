"""Why an account cannot be created, changed or found."""

from collections.abc import Iterable

from kalends.api.output.errors import BadRequest, Conflict, Forbidden, NotFound


class AccountGone(NotFound):
    """404: the account was deleted while the command ran."""

    def __init__(self, email: str) -> None:
        super().__init__(f"The account {email} was deleted meanwhile.")


class UnknownAccount(NotFound):
    """404: no account has this e-mail address."""

    def __init__(self, email: str) -> None:
        super().__init__(f"There is no user with the e-mail {email}.")


class AmbiguousAccount(Conflict):
    """409: several accounts have this e-mail address, and none has proven it."""

    def __init__(self, email: str, ids: Iterable[int]) -> None:
        named = ", ".join(map(str, ids))
        super().__init__(
            f"Several accounts have the e-mail {email}, and none has proven it: name one by its id ({named})."
        )


class InvalidEmail(BadRequest):
    """400: the e-mail address is malformed or too long."""

    def __init__(self, email: str, longest: int) -> None:
        super().__init__(f"{email!r} is not an e-mail address of at most {longest} characters.")


class InvalidUsername(BadRequest):
    """400: the username is blank, too long, or has a slash."""

    def __init__(self, longest: int) -> None:
        super().__init__(f"The username must have 1 to {longest} characters, not blanks only, and no slash.")


class NameTooLong(BadRequest):
    """400: the name is too long."""

    def __init__(self, longest: int) -> None:
        super().__init__(f"The name must have at most {longest} characters.")


class UnknownTimeZone(BadRequest):
    """400: this server does not know the time zone."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is not an IANA time zone such as Europe/Rome.")


class EmailTaken(Conflict):
    """409: another account has the e-mail address, and has proven it."""

    code = "CONFLICT"
    message = "This email belongs to another account."


class AccountNameTaken(Conflict):
    """409: another account has the username."""

    code = "CONFLICT"
    message = "This username belongs to another account."


class ConfirmationInvalid(Forbidden):
    """403: a link to confirm an address that was cut or altered."""

    message = "This link is not valid."


class ConfirmationClosed(Conflict):
    """409: nobody waits for the address to be confirmed any more, or the time of the link is over."""

    message = "This address is not waiting to be confirmed."
