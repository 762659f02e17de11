"""The wire of an organization's users, out (organizations-teams.md 1.3)."""

from typing import Any, NotRequired

from typing_extensions import TypedDict

from kalends.api.output.envelope import instant, optional_instant
from kalends.organizations.users.organization_user import OrganizationUser


class ProfileOutput(TypedDict):
    """By what name an organization knows somebody."""

    id: int
    organizationId: int
    userId: int
    username: str


class OrganizationUserOutput(TypedDict):
    """A user of an organization; `metadata` is absent while there are none."""

    id: int
    username: str
    name: str | None
    email: str
    emailVerified: str | None
    bio: str | None
    avatarUrl: str | None
    timeZone: str
    weekStart: str
    appTheme: str | None
    theme: str | None
    defaultScheduleId: int | None
    locale: str | None
    timeFormat: int
    hideBranding: bool
    brandColor: str | None
    darkBrandColor: str | None
    allowDynamicBooking: bool
    createdDate: str
    verified: bool
    invitedTo: int | None
    metadata: NotRequired[dict[str, Any]]
    profile: ProfileOutput


def organization_user_output(user: OrganizationUser, organization_id: int) -> OrganizationUserOutput:
    """Return a user as an organization that knows them sees them."""
    shown: OrganizationUserOutput = {
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "email": user.email,
        "emailVerified": optional_instant(user.email_verified_at),
        "bio": user.bio,
        "avatarUrl": user.avatar_url,
        "timeZone": user.time_zone,
        "weekStart": user.week_start,
        "appTheme": user.app_theme,
        "theme": user.theme,
        "defaultScheduleId": user.default_schedule_id,
        "locale": user.locale,
        "timeFormat": user.time_format,
        "hideBranding": user.hide_branding,
        "brandColor": user.brand_color,
        "darkBrandColor": user.dark_brand_color,
        "allowDynamicBooking": user.allow_dynamic_booking,
        "createdDate": instant(user.created_at),
        "verified": user.is_verified,
        "invitedTo": user.invited_to,
        "profile": {
            "id": user.profile_id,
            "organizationId": organization_id,
            "userId": user.id,
            "username": user.profile_username,
        },
    }
    if user.metadata is not None:
        shown["metadata"] = user.metadata
    return shown


def snapshot_of(user: OrganizationUser) -> dict[str, Any]:
    """Return what the audit log tells of a user: what an organization can change of them."""
    return {
        "email": user.email,
        "username": user.username,
        "bio": user.bio,
        "hasAvatar": user.avatar_url is not None,
        "timeZone": user.time_zone,
        "weekStart": user.week_start,
        "theme": user.theme,
        "appTheme": user.app_theme,
        "locale": user.locale,
        "timeFormat": user.time_format,
        "hideBranding": user.hide_branding,
        "brandColor": user.brand_color,
        "darkBrandColor": user.dark_brand_color,
        "defaultScheduleId": user.default_schedule_id,
    }
