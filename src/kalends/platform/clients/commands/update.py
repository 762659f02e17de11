"""Changing an OAuth client."""

from kalends.audit import service as audit
from kalends.audit.entry import Author, NewEntry, Subject
from kalends.db.database import UnitOfWork
from kalends.platform.clients import sql
from kalends.platform.clients.client import ClientChanges, OAuthClient
from kalends.platform.clients.refusals import ClientGone


async def update_client(
    work: UnitOfWork, author: Author, client_id: str, changes: ClientChanges
) -> OAuthClient:
    """Change a client; what is not named stays.

    Raises:
        ClientGone: it was deleted meanwhile.
    """
    before = await sql.lock_client(work, client_id)
    if before is None:
        raise ClientGone(client_id)
    if not changes.said:
        return before
    await sql.update_client(work, client_id, changes)
    after = changes.applied_to(before)
    was, is_now = audit.changes_between(before.snapshot, after.snapshot)
    subject = Subject("oauth_client", client_id)
    await audit.record(work, author, NewEntry(before.organization_id, subject, "updated", was, is_now))
    return after
