"""Changing a delegation credential."""

import json

from kalends.audit import service as audit
from kalends.audit.entry import Author, NewEntry, Subject
from kalends.db.database import UnitOfWork
from kalends.organizations.delegation import sql
from kalends.organizations.delegation.credential import DelegationCredential, DelegationCredentialChanges
from kalends.organizations.delegation.refusals import CredentialNotSetUp, UnknownDelegationCredential
from kalends.security.encryption import Keyring


async def update_credential(
    work: UnitOfWork,
    author: Author,
    keys: Keyring,
    before: DelegationCredential,
    changes: DelegationCredentialChanges,
) -> DelegationCredential:
    """Change a credential of a locked organization; what is not named stays.

    Raises:
        CredentialNotSetUp: it is to be enabled, which needs a try that this server cannot make.
        UnknownDelegationCredential: it was deleted meanwhile.
    """
    if changes.enabled:
        raise CredentialNotSetUp
    if changes.service_account_key is not None:
        key = keys.encrypt(json.dumps(dict(changes.service_account_key)))
        await sql.update_key(work, before.id, key)
    if changes.enabled is False:
        await sql.disable(work, before.id)
    after = await sql.find_credential(work.connection, before.id, before.organization_id)
    if after is None:
        raise UnknownDelegationCredential(before.organization_id)
    was, is_now = audit.changes_between(before.snapshot, after.snapshot)
    if changes.service_account_key is not None:
        is_now["hasNewServiceAccountKey"] = True
    if is_now:
        subject = Subject("delegation_credential", str(before.id))
        entry = NewEntry(before.organization_id, subject, "updated", was, is_now)
        await audit.record(work, author, entry)
    return after
