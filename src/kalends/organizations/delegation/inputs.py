"""The wire of delegation credentials, in (organizations-teams.md 8)."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from fastapi import Path
from pydantic import BeforeValidator, Field

from kalends.api.input.fields import Boolean, NonEmptyText, Rule, check_object, check_text, violation
from kalends.api.wire import Changes, SecretBody
from kalends.organizations.delegation.credential import (
    CreateDelegationCredential,
    DelegationCredentialChanges,
)

_OF_GOOGLE, _OF_MICROSOFT = (
    ("private_key", "client_email", "client_id"),
    ("private_key", "tenant_id", "client_id"),
)


def _check_key(value: object) -> Mapping[str, Any]:
    key = check_object(value)
    if "client_email" in key:
        names = _OF_GOOGLE
    elif "tenant_id" in key:
        names = _OF_MICROSOFT
    else:
        raise violation(
            "isServiceAccountKey", "must have client_email, of Google, or tenant_id, of Microsoft"
        )
    for name in names:
        if not isinstance(key.get(name), str) or not key[name]:
            raise violation("isServiceAccountKey", f"must have {name}, a string that is not empty")
    return key


ServiceAccountKey: TypeAlias = Annotated[
    dict[str, Any], Rule("isObject", "must be an object"), BeforeValidator(_check_key)
]
CredentialId: TypeAlias = Annotated[str, Path(alias="credentialId"), BeforeValidator(check_text)]


class CreateDelegationCredentialBody(SecretBody):
    """A service account at a provider of calendars, for the addresses of a domain."""

    workspace_platform_slug: NonEmptyText
    domain: NonEmptyText
    service_account_key: ServiceAccountKey

    def to_command(self) -> CreateDelegationCredential:
        """Return the command that this body stands for."""
        return CreateDelegationCredential(self.workspace_platform_slug, self.domain, self.service_account_key)


class UpdateDelegationCredentialBody(Changes, SecretBody):
    """Changes of a delegation credential."""

    enabled: Boolean = False
    service_account_key: ServiceAccountKey = Field(default_factory=dict)

    def to_changes(self) -> DelegationCredentialChanges:
        """Return the changes that this body stands for."""
        sent = self.sent()
        return DelegationCredentialChanges(sent.get("enabled"), sent.get("service_account_key"))
