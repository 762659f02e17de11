"""The wire of managed organizations, in (organizations-teams.md 8.3)."""

from typing import Annotated, TypeAlias

from fastapi import Path
from pydantic import BeforeValidator, Field

from kalends.api.input.changes import NOT_SENT
from kalends.api.input.fields import Boolean, Integer, Metadata, NonEmptyText, Text, parse_id
from kalends.api.wire import Body, Changes
from kalends.platform.organizations.managed_organization import (
    CreateManagedOrganization,
    ManagedOrganizationChanges,
)
from kalends.teams.slug import slug_of

_LONGEST_DAYS_VALID = 36_500

ManagedOrganizationId: TypeAlias = Annotated[
    int, Path(alias="managedOrganizationId"), BeforeValidator(parse_id)
]


class CreateManagedOrganizationBody(Body):
    """A new organization. Without a slug, its name makes it; its key lives for 30 days if nothing is said."""

    name: NonEmptyText
    slug: Text | None = None
    metadata: Metadata | None = None
    api_key_days_valid: Annotated[Integer, Field(ge=1, le=_LONGEST_DAYS_VALID)] | None = None
    api_key_never_expires: Boolean | None = None

    def to_command(self) -> CreateManagedOrganization:
        """Return the command that this body stands for."""
        return CreateManagedOrganization(
            name=self.name,
            slug=self.slug or slug_of(self.name),
            metadata=self.metadata,
            key_days_valid=self.api_key_days_valid,
            key_never_expires=self.api_key_never_expires is True,
        )


class UpdateManagedOrganizationBody(Changes):
    """Changes of a managed organization; its slug never changes."""

    name: NonEmptyText = NOT_SENT
    metadata: Metadata = NOT_SENT

    def to_changes(self) -> ManagedOrganizationChanges:
        """Return the changes that this body stands for."""
        return ManagedOrganizationChanges(name=self.name, metadata=self.metadata)
