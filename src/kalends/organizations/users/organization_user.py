"""A user as an organization sees them (organizations-teams.md 1.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kalends.memberships.membership import Role


@dataclass(frozen=True, slots=True)
class OrganizationUser:
    """An account, and the profile by which an organization knows it.

    `organization_id` is the one that the account belongs to, which need not be the one that looks.
    """

    id: int
    username: str
    name: str | None
    email: str
    email_verified_at: datetime | None
    bio: str | None
    avatar_url: str | None
    time_zone: str
    week_start: str
    app_theme: str | None
    theme: str | None
    default_schedule_id: int | None
    locale: str | None
    time_format: int
    hide_branding: bool
    brand_color: str | None
    dark_brand_color: str | None
    allow_dynamic_booking: bool
    created_at: datetime
    is_verified: bool
    invited_to: int | None
    metadata: dict[str, Any] | None
    organization_id: int | None
    profile_id: int
    profile_username: str


@dataclass(frozen=True, slots=True)
class CreateOrganizationUser:
    """A new account of an organization; `settings` are columns.

    A `username` of None follows from the address.
    """

    email: str
    username: str | None
    settings: Mapping[str, Any]
    role: Role = Role.MEMBER
    accepted: bool = True


@dataclass(frozen=True, slots=True)
class OrganizationUserChanges:
    """What an organization changes of an account of its own, by column; what it does not name stays."""

    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ListOrganizationUsers:
    """Which users of an organization to list: those with an address, or in a team; None: all."""

    take: int
    skip: int
    emails: tuple[str, ...] | None = None
    team_ids: tuple[int, ...] | None = None
