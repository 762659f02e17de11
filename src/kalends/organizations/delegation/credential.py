"""A delegation credential: the service account of an organization at the provider of its calendars."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DelegationCredential:
    """A credential without its key, which is never shown."""

    id: UUID
    organization_id: int
    platform_slug: str
    platform_name: str
    domain: str
    enabled: bool
    created_at: datetime
    updated_at: datetime | None

    @property
    def snapshot(self) -> dict[str, Any]:
        """What the audit log tells of it."""
        return {
            "workspacePlatformSlug": self.platform_slug,
            "domain": self.domain,
            "enabled": self.enabled,
        }


@dataclass(frozen=True, slots=True)
class CreateDelegationCredential:
    """A credential to store; it is not enabled at first."""

    platform_slug: str
    domain: str
    service_account_key: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DelegationCredentialChanges:
    """What a request changes of a credential; None: it stays."""

    enabled: bool | None = None
    service_account_key: Mapping[str, Any] | None = None
