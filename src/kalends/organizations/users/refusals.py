"""What commands on the users of an organization refuse."""

from kalends.api.output.errors import BadRequest, Conflict, NotFound
from kalends.db.database import KeptRefusal


class UserInOrganizationAlready(Conflict, KeptRefusal):
    """409: the organization has a user with this address; one who is still invited is reminded by mail."""

    def __init__(self, email: str) -> None:
        super().__init__(f"email: the organization has a user with the address {email} already.")


class EmailOfAnotherAccount(Conflict):
    """409: an account that the organization does not know has this address."""

    code = "CONFLICT"

    def __init__(self, email: str) -> None:
        super().__init__(
            f"email: another account has the address {email}; invite its user as a member instead."
        )


class UsernameInOrganization(Conflict):
    """409: the organization knows somebody by this name already."""

    def __init__(self, username: str) -> None:
        super().__init__(f"username: the organization knows somebody as {username!r} already.")


class UsernameOfAnotherAccount(Conflict):
    """409: another account of the organization has this name."""

    code = "CONFLICT"

    def __init__(self, username: str) -> None:
        super().__init__(f"username: another account of the organization has the name {username!r}.")


class ScheduleTooEarly(BadRequest):
    """400: nobody who is just made has a schedule that could be the default one."""

    def __init__(self) -> None:
        super().__init__(
            "defaultScheduleId: a new user has no schedule yet; leave it out, and change it later."
        )


class ScheduleOfSomebodyElse(BadRequest):
    """400: the default schedule must be one of the user's own."""

    def __init__(self, schedule_id: int) -> None:
        super().__init__(f"defaultScheduleId: this user has no schedule {schedule_id}.")


class AccountOfSomebodyElse(NotFound):
    """404: the account does not belong to the organization, which therefore may not change it."""

    code = "NOT_FOUND"

    def __init__(self, user_id: int, organization_id: int) -> None:
        super().__init__(
            f"The account of the user {user_id} does not belong to the organization {organization_id}, "
            "which can only end their membership."
        )
