"""The wire of managed organizations, out (organizations-teams.md 1.4)."""

from typing import Any, NotRequired

from typing_extensions import TypedDict

from kalends.platform.organizations.managed_organization import CreatedOrganization, ManagedOrganization


class ManagedOrganizationOutput(TypedDict):
    """An organization that a platform manages."""

    id: int
    name: str
    slug: str | None
    metadata: NotRequired[dict[str, Any]]


class CreatedOrganizationOutput(ManagedOrganizationOutput):
    """A new organization, with a key of it that is never shown again."""

    apiKey: str


def managed_organization_output(organization: ManagedOrganization) -> ManagedOrganizationOutput:
    """Show a managed organization."""
    output: ManagedOrganizationOutput = {
        "id": organization.id,
        "name": organization.name,
        "slug": organization.slug,
    }
    if organization.metadata is not None:
        output["metadata"] = dict(organization.metadata)
    return output


def created_organization_output(made: CreatedOrganization) -> CreatedOrganizationOutput:
    """Show a new organization with its key."""
    return {**managed_organization_output(made.organization), "apiKey": made.api_key}
