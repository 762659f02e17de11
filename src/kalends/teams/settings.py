"""All that a team shows of itself (organizations-teams.md 1.1)."""

from dataclasses import dataclass
from typing import Any

from kalends.api.input.changes import UNSET, ChangesOf, Unset
from kalends.memberships.membership import Role


@dataclass(frozen=True, slots=True)
class WholeTeam:
    """A team with its settings; an organization is one too."""

    id: int
    parent_id: int | None
    is_organization: bool
    name: str
    slug: str | None
    logo_url: str | None
    cal_video_logo: str | None
    app_logo: str | None
    app_icon_logo: str | None
    bio: str | None
    hide_branding: bool
    is_private: bool
    hide_book_a_team_member: bool
    theme: str | None
    brand_color: str | None
    dark_brand_color: str | None
    banner_url: str | None
    time_format: int | None
    time_zone: str
    week_start: str
    metadata: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class OwnTeam:
    """A team, and the membership that somebody has there, accepted or not."""

    team: WholeTeam
    membership_id: int
    role: Role
    accepted: bool


@dataclass(frozen=True, slots=True)
class TeamChanges(ChangesOf[WholeTeam]):
    """What a request says of a team."""

    name: str | Unset = UNSET
    slug: str | Unset | None = UNSET
    logo_url: str | Unset | None = UNSET
    cal_video_logo: str | Unset | None = UNSET
    app_logo: str | Unset | None = UNSET
    app_icon_logo: str | Unset | None = UNSET
    bio: str | Unset | None = UNSET
    hide_branding: bool | Unset = UNSET
    is_private: bool | Unset = UNSET
    hide_book_a_team_member: bool | Unset = UNSET
    theme: str | Unset | None = UNSET
    brand_color: str | Unset | None = UNSET
    dark_brand_color: str | Unset | None = UNSET
    banner_url: str | Unset | None = UNSET
    time_format: int | Unset | None = UNSET
    time_zone: str | Unset = UNSET
    week_start: str | Unset = UNSET
    metadata: dict[str, Any] | Unset | None = UNSET
    booking_limits: str | Unset | None = UNSET
    include_managed_events_in_limits: bool | Unset = UNSET


@dataclass(frozen=True, slots=True)
class CreateTeam:
    """A new team: its name and what else is said of it; a slug of None follows from the name.

    `accepts_creator` false: the creator is invited as OWNER, and has no role before they accept. With
    `client_id` it is an OAuth client's team, and goes with the client.
    """

    name: str
    settings: TeamChanges
    accepts_creator: bool = True
    client_id: str | None = None
