"""Why an account cannot be created, changed or found."""

from kalends.api.output.errors import BadRequest, Conflict, NotFound


class AccountGone(NotFound):
    """404: the account was deleted while the command ran."""

    def __init__(self, email: str) -> None:
        super().__init__(f"The account {email} was deleted meanwhile.")


class UnknownAccount(NotFound):
    """404: no account has this e-mail address."""

    def __init__(self, email: str) -> None:
        super().__init__(f"There is no user with the e-mail {email}.")


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
    """409: another account has the e-mail address."""

    code = "CONFLICT"
    message = "This email belongs to another account."


class AccountNameTaken(Conflict):
    """409: another account has the username."""

    code = "CONFLICT"
    message = "This username belongs to another account."
