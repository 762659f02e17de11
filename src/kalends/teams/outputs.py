"""The wire of teams, out (organizations-teams.md 1.1)."""

from typing import Any, NotRequired

from typing_extensions import TypedDict

from kalends.memberships.membership import Role
from kalends.teams.settings import OwnTeam, WholeTeam


class TeamOutput(TypedDict):
    """A team; `metadata` is absent while nothing is stored, everything else is null."""

    id: int
    parentId: int | None
    name: str
    slug: str | None
    logoUrl: str | None
    calVideoLogo: str | None
    appLogo: str | None
    appIconLogo: str | None
    bio: str | None
    hideBranding: bool
    isOrganization: bool
    isPrivate: bool
    hideBookATeamMember: bool
    metadata: NotRequired[dict[str, Any]]
    theme: str | None
    brandColor: str | None
    darkBrandColor: str | None
    bannerUrl: str | None
    timeFormat: int | None
    timeZone: str
    weekStart: str


class ListedTeamOutput(TeamOutput):
    """A team in a list of the caller's own; `membershipId` is that of the caller's membership there."""

    membershipId: int


class OwnTeamOutput(ListedTeamOutput):
    """A team of an organization, and what the caller is in it."""

    role: str
    accepted: bool


def team_output(team: WholeTeam) -> TeamOutput:
    """Return a team as the API shows it."""
    shown: TeamOutput = {
        "id": team.id,
        "parentId": team.parent_id,
        "name": team.name,
        "slug": team.slug,
        "logoUrl": team.logo_url,
        "calVideoLogo": team.cal_video_logo,
        "appLogo": team.app_logo,
        "appIconLogo": team.app_icon_logo,
        "bio": team.bio,
        "hideBranding": team.hide_branding,
        "isOrganization": team.is_organization,
        "isPrivate": team.is_private,
        "hideBookATeamMember": team.hide_book_a_team_member,
        "theme": team.theme,
        "brandColor": team.brand_color,
        "darkBrandColor": team.dark_brand_color,
        "bannerUrl": team.banner_url,
        "timeFormat": team.time_format,
        "timeZone": team.time_zone,
        "weekStart": team.week_start,
    }
    if team.metadata is not None:
        shown["metadata"] = team.metadata
    return shown


def listed_team_output(own: OwnTeam) -> ListedTeamOutput:
    """Return a team as a list of the caller's own shows it."""
    return {**team_output(own.team), "membershipId": own.membership_id}


def own_team_output(own: OwnTeam) -> OwnTeamOutput:
    """Return a team of an organization as the list of the caller's own shows it."""
    role: Role = own.role
    return {**listed_team_output(own), "role": role.value, "accepted": own.accepted}
