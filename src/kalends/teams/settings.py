"""All that a team shows of itself (organizations-teams.md 1.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
class CreateTeam:
    """A new team: `settings` by column, among them a name; a slug of None follows from the name.

    `accepts_creator` false: the creator is invited as OWNER, and has no role before they accept.
    """

    settings: Mapping[str, Any]
    accepts_creator: bool = True


@dataclass(frozen=True, slots=True)
class TeamChanges:
    """What a request changes of a team, by column; what it does not name stays."""

    settings: Mapping[str, Any]
