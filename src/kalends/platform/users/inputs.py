"""The wire of managed users, in (platform.md 4)."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema

from kalends.accounts.user import DEFAULT_TIME_FORMAT
from kalends.api.input.changes import NOT_SENT
from kalends.api.input.fields import (
    Integer,
    Metadata,
    QueryInteger,
    Rule,
    Text,
    TimeZone,
    Url,
    check_text,
    violation,
)
from kalends.api.input.locales import Locale
from kalends.api.wire import Body, Changes
from kalends.platform.users.managed_user import (
    CreateManagedUser,
    ListManagedUsers,
    ManagedUserChanges,
    is_address,
)
from kalends.platform.users.refusals import FilterNoEmail

_MOST_LISTED = 250
_MOST_EMAILS = 1_000

Weekday: TypeAlias = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _check_weekday(value: object) -> str:
    """Return the day that a text names in any capitalization."""
    day = check_text(value).capitalize()
    if day not in _WEEKDAYS:
        raise violation("isEnum", f"must be one of the following values: {', '.join(_WEEKDAYS)}")
    return day


def _check_address(value: object) -> str:
    address = check_text(value)
    if not is_address(address):
        raise violation("isEmail", "must be an email")
    return address


ManagedEmail: TypeAlias = Annotated[str, Rule("isEmail", "must be an email"), BeforeValidator(_check_address)]
AnyCaseWeekday: TypeAlias = Annotated[
    str, BeforeValidator(_check_weekday), WithJsonSchema({"type": "string", "enum": list(_WEEKDAYS)})
]
TimeFormat: TypeAlias = Literal[12, 24]
_EMAILS: dict[str, Any] = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


def _check_emails(value: object) -> object:
    if isinstance(value, str):
        return value
    if not isinstance(value, list) or len(value) > _MOST_EMAILS:
        raise violation("isArray", f"must be a list of at most {_MOST_EMAILS} e-mail addresses")
    return [check_text(one) for one in value]


class CreateManagedUserBody(Body):
    """A new managed user; with `timeZone` they get a schedule from nine to five."""

    email: Text
    name: Text
    time_format: TimeFormat | None = None
    week_start: AnyCaseWeekday = "Sunday"
    time_zone: TimeZone = NOT_SENT
    locale: Locale | None = None
    avatar_url: Url | None = None
    bio: Text | None = None
    metadata: Metadata = NOT_SENT

    def to_command(self) -> CreateManagedUser:
        """Return the command that this body stands for."""
        settings = {name: value for name, value in self.sent().items() if name not in ("email", "time_zone")}
        settings["time_format"] = self.time_format or DEFAULT_TIME_FORMAT
        return CreateManagedUser(self.email, self.sent().get("time_zone"), settings)


class UpdateManagedUserBody(Changes):
    """Changes of a managed user; null clears what may be empty."""

    email: ManagedEmail = NOT_SENT
    name: Text | None = NOT_SENT
    time_format: TimeFormat | None = NOT_SENT
    default_schedule_id: Integer | None = NOT_SENT
    week_start: Weekday = NOT_SENT
    time_zone: TimeZone = NOT_SENT
    locale: Locale | None = NOT_SENT
    avatar_url: Url | None = NOT_SENT
    bio: Text | None = NOT_SENT
    metadata: Metadata = NOT_SENT

    def to_changes(self) -> ManagedUserChanges:
        """Return the changes that this body stands for."""
        return ManagedUserChanges(
            email=self.email,
            name=self.name,
            time_format=DEFAULT_TIME_FORMAT if self.time_format is None else self.time_format,
            default_schedule_id=self.default_schedule_id,
            week_start=self.week_start,
            time_zone=self.time_zone,
            locale=self.locale,
            avatar_url=self.avatar_url,
            bio=self.bio,
            metadata=self.metadata,
        )


class PageQuery(Body):
    """Which part of the list of users to show."""

    limit: Annotated[QueryInteger, Field(ge=1, le=_MOST_LISTED)] = 50
    offset: Annotated[QueryInteger, Field(ge=0)] = 0

    def to_command(self) -> ListManagedUsers:
        """Return the command that this query stands for."""
        return ListManagedUsers(self.limit, self.offset)


class ListManagedUsersQuery(PageQuery):
    """Which users to list; `emails` is a comma list, or repeated, with the client's id or without."""

    emails: Annotated[Any, BeforeValidator(_check_emails), WithJsonSchema(_EMAILS)] = NOT_SENT

    def to_command(self) -> ListManagedUsers:
        """Return the command that this query stands for.

        Raises:
            FilterNoEmail: an entry of a comma list is no e-mail address.
        """
        emails = self.sent().get("emails")
        if isinstance(emails, str):
            emails = [one.strip() for one in emails.split(",")]
            for one in emails:
                if not is_address(one):
                    raise FilterNoEmail(one)
        return ListManagedUsers(self.limit, self.offset, emails)
