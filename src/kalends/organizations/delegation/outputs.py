"""The wire of delegation credentials, out; it never has a key."""

from typing_extensions import TypedDict

from kalends.api.output.envelope import instant
from kalends.organizations.delegation.credential import DelegationCredential


class WorkspacePlatformOutput(TypedDict):
    """A provider of calendars."""

    name: str
    slug: str


class DelegationCredentialOutput(TypedDict):
    """A delegation credential without its key."""

    id: str
    enabled: bool
    domain: str
    organizationId: int
    workspacePlatform: WorkspacePlatformOutput
    createdAt: str
    updatedAt: str


def delegation_credential_output(credential: DelegationCredential) -> DelegationCredentialOutput:
    """Return a credential as the API shows it; one that never changed did so last when it was made."""
    return {
        "id": str(credential.id),
        "enabled": credential.enabled,
        "domain": credential.domain,
        "organizationId": credential.organization_id,
        "workspacePlatform": {"name": credential.platform_name, "slug": credential.platform_slug},
        "createdAt": instant(credential.created_at),
        "updatedAt": instant(credential.updated_at or credential.created_at),
    }
