"""The wire of an organization's users, in (organizations-teams.md 7)."""

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema

from kalends.accounts.owned_account import OwnedAccountChanges
from kalends.accounts.user import DEFAULT_TIME_FORMAT
from kalends.api.input.changes import UNSET
from kalends.api.input.fields import (
    Boolean,
    Integer,
    Metadata,
    QueryId,
    QueryInteger,
    Rule,
    Text,
    check_email,
    check_text,
    check_url,
    violation,
)
from kalends.api.input.query import comma_list
from kalends.api.input.time_zones import canonical_time_zone
from kalends.api.wire import Body, Changes
from kalends.memberships.membership import Role, RoleName
from kalends.organizations.users.organization_user import (
    CreateOrganizationUser,
    ListOrganizationUsers,
)

_LONGEST_AVATAR = 100_000
_MOST_LISTED = 1_000
_COLOR = re.compile(r"#?(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)
_IMAGE = re.compile(r"data:image/[a-z0-9.+-]+;base64,[a-z0-9+/]+={0,2}", re.IGNORECASE)

# fmt: off
Locale = Literal[
    "en", "fr", "it", "ru", "es", "de", "pt", "ro", "nl", "pt-BR", "ko", "ja", "pl", "ar", "iw", "zh-CN",
    "zh-TW", "cs", "sr", "sv", "vi",
]
# fmt: on
Weekday = Literal["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
Theme = Literal["dark", "light"]


def _check_lower_email(value: object) -> str:
    return check_email(value).lower()


def _check_username(value: object) -> str:
    username = check_text(value).strip().lower()
    if not username or "/" in username:
        raise violation("isString", "must be a string that is not blank and has no slash")
    return username


def _check_color(value: object) -> str:
    color = check_text(value)
    if not _COLOR.fullmatch(color):
        raise violation("isHexColor", "must be a hexadecimal color such as #292929")
    return color


def _check_zone(value: object) -> str:
    zone = check_text(value)
    if canonical_time_zone(zone) != zone:
        raise violation("isTimeZone", "must be an IANA time zone such as Europe/Rome, in this very spelling")
    return zone


def _check_avatar(value: object) -> str:
    avatar = check_text(value, longest=_LONGEST_AVATAR)
    if not avatar.startswith("data:"):
        return check_url(avatar)
    if not _IMAGE.fullmatch(avatar):
        raise violation("isAvatar", "must be the URL of an image, or one as data:image/png;base64,…")
    return avatar


def _check_time_format(value: object) -> int | None:
    if value is not None and (isinstance(value, bool) or value not in (12, 24)):
        raise violation("isIn", "must be one of the following values: 12, 24")
    return None if value is None else int(str(value))


LowerEmail: TypeAlias = Annotated[
    str, Rule("isEmail", "must be an email"), BeforeValidator(_check_lower_email)
]
Username: TypeAlias = Annotated[str, BeforeValidator(_check_username)]
Color: TypeAlias = Annotated[str, BeforeValidator(_check_color)]
ExactTimeZone: TypeAlias = Annotated[str, BeforeValidator(_check_zone)]
Avatar: TypeAlias = Annotated[str, BeforeValidator(_check_avatar)]
TimeFormat: TypeAlias = Annotated[
    int | None,
    BeforeValidator(_check_time_format),
    WithJsonSchema({"anyOf": [{"type": "integer", "description": "12 or 24"}, {"type": "null"}]}),
]

_LEFT_BY_NULL = ("email", "username", "metadata")
_FIELDS = {"weekday": "week_start"}
_OF_MEMBERSHIP = ("organization_role", "auto_accept")


class _UserProperties(Body):
    """What may be said of a new user and of a changed one; null clears what may be empty."""

    username: Username | None = None
    weekday: Weekday = "Sunday"
    brand_color: Color | None = None
    dark_brand_color: Color | None = None
    bio: Text | None = None
    metadata: Metadata | None = None
    hide_branding: Boolean = False
    time_zone: ExactTimeZone = "Europe/London"
    theme: Theme | None = None
    app_theme: Theme | None = None
    time_format: TimeFormat = None
    default_schedule_id: Annotated[Integer, Field(ge=0)] | None = None
    locale: Locale | None = None
    avatar_url: Avatar | None = None

    def to_changes(self) -> OwnedAccountChanges:
        """Return the changes that this body stands for; null leaves alone what cannot be empty."""
        sent = self.sent()
        for name in _LEFT_BY_NULL:
            if sent.get(name, UNSET) is None:
                del sent[name]
        sent = {_FIELDS.get(name, name): value for name, value in sent.items() if name not in _OF_MEMBERSHIP}
        if sent.get("time_format", UNSET) is None:
            sent["time_format"] = DEFAULT_TIME_FORMAT
        return OwnedAccountChanges(**sent)


class CreateOrganizationUserBody(_UserProperties):
    """A new user, whose account belongs to the organization."""

    email: LowerEmail
    organization_role: RoleName = "MEMBER"
    auto_accept: Boolean = True

    def to_command(self) -> CreateOrganizationUser:
        """Return the command that this body stands for."""
        return CreateOrganizationUser(
            self.email, self.username, self.to_changes(), Role(self.organization_role), self.auto_accept
        )


class UpdateOrganizationUserBody(Changes, _UserProperties):
    """Changes of a user whose account belongs to the organization."""

    email: LowerEmail | None = None


def _one_or_several(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _not_served(value: object) -> None:
    raise violation("isNotServed", "cannot be asked for: this server has no attributes yet")


class OrganizationUsersQuery(Body):
    """Which users to show; `emails` are taken as they are written, `teamIds` with commas or repeated."""

    take: Annotated[QueryInteger, Field(ge=1, le=1_000)] = 250
    skip: Annotated[QueryInteger, Field(ge=0)] = 0
    emails: (
        Annotated[
            list[Annotated[str, Rule("isEmail", "must be an email"), BeforeValidator(check_email)]],
            BeforeValidator(_one_or_several),
            Field(max_length=_MOST_LISTED),
        ]
        | None
    ) = None
    assigned_option_ids: (
        Annotated[
            list[str] | None,
            BeforeValidator(_not_served),
            WithJsonSchema({"type": "array", "items": {"type": "string"}}),
        ]
        | None
    ) = None
    attribute_query_operator: Literal["OR", "AND", "NONE"] = "AND"
    team_ids: (
        Annotated[list[QueryId], BeforeValidator(comma_list), Field(min_length=1, max_length=_MOST_LISTED)]
        | None
    ) = None

    def to_command(self) -> ListOrganizationUsers:
        """Return what is asked for."""
        return ListOrganizationUsers(
            self.take,
            self.skip,
            None if self.emails is None else tuple(self.emails),
            None if self.team_ids is None else tuple(self.team_ids),
        )
