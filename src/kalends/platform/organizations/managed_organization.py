"""A managed organization: a platform of its own that another platform has made and rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kalends.api.input.changes import UNSET, ChangesOf, Unset


@dataclass(frozen=True, slots=True)
class ManagedOrganization:
    """An organization that a platform manages."""

    id: int
    name: str
    slug: str | None
    metadata: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class CreateManagedOrganization:
    """An organization to make, with a key of it that lives some days, or for ever."""

    name: str
    slug: str
    metadata: dict[str, Any] | None
    key_days_valid: int | None
    key_never_expires: bool


@dataclass(frozen=True, slots=True)
class CreatedOrganization:
    """A new managed organization, and the key by which its maker acts there."""

    organization: ManagedOrganization
    api_key: str


@dataclass(frozen=True, slots=True)
class ManagedOrganizationChanges(ChangesOf[ManagedOrganization]):
    """What is to change of a managed organization."""

    name: str | Unset = UNSET
    metadata: dict[str, Any] | Unset = UNSET
