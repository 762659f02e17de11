"""The wire of teams, in (organizations-teams.md 1.5)."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from kalends.api.input.fields import Boolean, Metadata, NonEmptyText, QueryInteger, Text, Url, violation
from kalends.api.wire import Body, Changes
from kalends.teams.settings import CreateTeam, TeamChanges

_FORMATS = (12, 24)


def _check_time_format(value: object) -> int | None:
    if value is None:
        return None
    number = int(value) if isinstance(value, str) and value in ("12", "24") else value
    if isinstance(number, bool) or not isinstance(number, int | float) or number not in _FORMATS:
        raise violation("isIn", "must be one of the following values: 12, 24")
    return int(number)


TimeFormat = Annotated[
    Literal[12, 24] | None,
    BeforeValidator(_check_time_format),
    WithJsonSchema({"anyOf": [{"type": "integer", "description": "12 or 24"}, {"type": "null"}]}),
]


class _TeamProperties(Body):
    """What a new team and a changed one may say of themselves; null clears what may be empty."""

    slug: Text | None = None
    logo_url: Url | None = None
    cal_video_logo: Url | None = None
    app_logo: Url | None = None
    app_icon_logo: Url | None = None
    bio: Text | None = None
    hide_branding: Boolean = False
    is_private: Boolean = False
    hide_book_a_team_member: Boolean = False
    metadata: Metadata = Field(default_factory=dict)
    theme: Text | None = None
    brand_color: Text | None = None
    dark_brand_color: Text | None = None
    banner_url: Url | None = None
    time_format: TimeFormat = None
    time_zone: Text = "Europe/London"
    week_start: Text = "Sunday"


class CreateTeamBody(_TeamProperties):
    """A new team. Without a slug, or with an empty one, its name makes it."""

    name: NonEmptyText
    auto_accept_creator: Boolean | None = True

    def to_command(self) -> CreateTeam:
        """Return the command that this body stands for."""
        sent = self.sent()
        for ours in ("name", "auto_accept_creator"):
            sent.pop(ours, None)
        settings = TeamChanges(**sent)
        return CreateTeam(self.name, settings, accepts_creator=self.auto_accept_creator is True)


class UpdateTeamBody(Changes, _TeamProperties):
    """Changes of a team."""

    name: NonEmptyText = ""
    booking_limits: Text | None = None
    include_managed_events_in_limits: Boolean = False

    def to_changes(self) -> TeamChanges:
        """Return the changes that this body stands for."""
        return TeamChanges(**self.sent())


class TeamsQuery(Body):
    """Which part of a list to show."""

    take: Annotated[QueryInteger, Field(ge=1, le=250)] = 250
    skip: Annotated[QueryInteger, Field(ge=0)] = 0
