"""Storing a delegation credential."""

import json

from kalends.audit import service as audit
from kalends.audit.entry import Author, NewEntry, Subject
from kalends.db.database import UnitOfWork
from kalends.organizations.delegation import sql
from kalends.organizations.delegation.credential import CreateDelegationCredential, DelegationCredential
from kalends.organizations.delegation.refusals import (
    DomainTaken,
    UnknownDelegationCredential,
    UnknownWorkspacePlatform,
)
from kalends.security.encryption import Keyring


async def create_credential(
    work: UnitOfWork, author: Author, keys: Keyring, organization_id: int, command: CreateDelegationCredential
) -> DelegationCredential:
    """Store a credential of a locked organization, its key encrypted; it is not enabled.

    Raises:
        UnknownWorkspacePlatform: there is no such provider of calendars.
        DomainTaken: the domain has one here, or an enabled one elsewhere.
    """
    if not await sql.has_platform(work.connection, command.platform_slug):
        raise UnknownWorkspacePlatform(command.platform_slug)
    if await sql.is_domain_taken(work.connection, organization_id, command.domain):
        raise DomainTaken(command.domain)
    key = keys.encrypt(json.dumps(dict(command.service_account_key)))
    credential_id = await sql.insert_credential(
        work, organization_id, command.platform_slug, command.domain, key
    )
    made = await sql.find_credential(work.connection, credential_id, organization_id)
    if made is None:
        raise UnknownDelegationCredential(organization_id)
    subject = Subject("delegation_credential", str(credential_id))
    await audit.record(work, author, NewEntry(organization_id, subject, "created", after=made.snapshot))
    return made
