"""How an event type is named: by its id, or by its slug among those of a user or a team.

Every statement that reads an event type by its address finds it with the `Lookup` of the address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import LiteralString, TypeAlias

from kalends.event_types.settings.slug import LONGEST_SLUG, slug_of


@dataclass(frozen=True, slots=True)
class UserAddress:
    """A user by username, or by the username that an organization, given by slug or id, knows them by."""

    username: str
    organization: str | int | None = None


@dataclass(frozen=True, slots=True)
class TeamAddress:
    """A team by its slug; one that is in an organization needs the organization's slug too."""

    slug: str
    organization_slug: str | None = None


OwnerAddress: TypeAlias = UserAddress | TeamAddress


@dataclass(frozen=True, slots=True)
class IdAddress:
    """An event type by its id, whosever it is."""

    event_type_id: int


@dataclass(frozen=True, slots=True)
class SlugAddress:
    """An event type by its slug among those of its owner."""

    owner: OwnerAddress
    slug: str


EventTypeAddress: TypeAlias = IdAddress | SlugAddress


@dataclass(frozen=True, slots=True)
class Lookup:
    """A condition that only the event types `e` with an address meet, and the values that it takes."""

    condition: LiteralString
    values: Mapping[str, str | int]


_IN_ORGANIZATION = "organization.is_organization AND organization.parent_id IS NULL"

BY_ID = "e.id = %(event_type_id)s"

OF_ACCOUNT = "e.user_id = %(user_id)s"

OF_USER = """e.user_id = (
    -- Names that an organization gave its accounts are found with the organization only, but for those of
    -- managed users, which have the id of their client in them
    SELECT id FROM users
     WHERE username = %(username)s AND (organization_id IS NULL OR is_platform_managed)
     ORDER BY organization_id IS NOT NULL, id LIMIT 1)"""

OF_PROFILE = f"""e.user_id = (
    SELECT p.user_id FROM profiles p JOIN teams organization ON organization.id = p.organization_id
     WHERE organization.slug = %(organization)s AND {_IN_ORGANIZATION} AND p.username = %(username)s)
"""

OF_PROFILE_BY_ID = f"""e.user_id = (
    SELECT p.user_id FROM profiles p JOIN teams organization ON organization.id = p.organization_id
     WHERE organization.id = %(organization)s AND {_IN_ORGANIZATION} AND p.username = %(username)s)
"""

OF_TEAM = """e.team_id = (
    SELECT id FROM teams WHERE slug = %(team)s AND parent_id IS NULL AND NOT is_organization)
"""

OF_ORGANIZATION_TEAM = f"""e.team_id = (
    SELECT t.id FROM teams t JOIN teams organization ON organization.id = t.parent_id
     WHERE organization.slug = %(organization)s AND {_IN_ORGANIZATION} AND t.slug = %(team)s)
"""


_BY_SLUG = "e.slug = %(slug)s"

_BY_SLUG_OR_RESULT = """(e.slug = %(slug)s OR e.slug = %(result)s AND NOT EXISTS (
    SELECT FROM event_types other WHERE other.user_id = e.user_id AND other.slug = %(slug)s))"""

_BY_SLUG_OR_RESULT_OF_TEAM = """(e.slug = %(slug)s OR e.slug = %(result)s AND NOT EXISTS (
    SELECT FROM event_types other WHERE other.team_id = e.team_id AND other.slug = %(slug)s))"""


def lookup_of(address: EventTypeAddress) -> Lookup:
    """Return how the one event type with an address is found."""
    match address:
        case IdAddress(event_type_id):
            return Lookup(BY_ID, {"event_type_id": event_type_id})
        case SlugAddress(owner, slug):
            owned, named = owner_lookup(owner), slug_lookup(slug, is_of_team=isinstance(owner, TeamAddress))
            return Lookup(f"{owned.condition} AND {named.condition}", {**owned.values, **named.values})


def slug_lookup(slug: str, *, is_of_team: bool) -> Lookup:
    """Return how an event type is found among those of its owner by a slug, or by what becomes one.

    What is stored as it was sent goes first: slugs of before are kept as they were.
    """
    # No longer text has been stored, and long ones take long to make a slug of.
    result = slug_of(slug) if len(slug) <= LONGEST_SLUG else ""
    if result in ("", slug):
        return Lookup(_BY_SLUG, {"slug": slug})
    condition = _BY_SLUG_OR_RESULT_OF_TEAM if is_of_team else _BY_SLUG_OR_RESULT
    return Lookup(condition, {"slug": slug, "result": result})


def account_lookup(user_id: int) -> Lookup:
    """Return how all event types of a user are found whose id is known."""
    return Lookup(OF_ACCOUNT, {"user_id": user_id})


def owner_lookup(owner: OwnerAddress) -> Lookup:
    """Return how all event types of an owner are found."""
    match owner:
        case UserAddress(username, organization):
            if organization is None:
                return Lookup(OF_USER, {"username": username})
            condition = OF_PROFILE if isinstance(organization, str) else OF_PROFILE_BY_ID
            return Lookup(condition, {"username": username, "organization": organization})
        case TeamAddress(slug, organization_slug):
            if organization_slug is None:
                return Lookup(OF_TEAM, {"team": slug})
            return Lookup(OF_ORGANIZATION_TEAM, {"team": slug, "organization": organization_slug})
