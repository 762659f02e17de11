"""A user as an organization sees them (organizations-teams.md 1.3)."""

from dataclasses import dataclass
from datetime import datetime

from kalends.accounts.owned_account import OwnedAccount, OwnedAccountChanges
from kalends.memberships.membership import Role


@dataclass(frozen=True, slots=True)
class OrganizationUser(OwnedAccount):
    """An account, and the profile by which an organization knows it.

    `organization_id` is the one that the account belongs to, which need not be the one that looks.
    """

    id: int
    name: str | None
    allow_dynamic_booking: bool
    created_at: datetime
    is_verified: bool
    invited_to: int | None
    organization_id: int | None
    profile_id: int
    profile_username: str


@dataclass(frozen=True, slots=True)
class CreateOrganizationUser:
    """A new account of an organization, and what else is said of it.

    A `username` of None follows from the address.
    """

    email: str
    username: str | None
    settings: OwnedAccountChanges
    role: Role = Role.MEMBER
    accepted: bool = True


@dataclass(frozen=True, slots=True)
class ListOrganizationUsers:
    """Which users of an organization to list: those with an address, or in a team; None: all."""

    take: int
    skip: int
    emails: tuple[str, ...] | None = None
    team_ids: tuple[int, ...] | None = None
