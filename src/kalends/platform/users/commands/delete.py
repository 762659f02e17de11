"""Deleting a managed user."""

from datetime import datetime

from kalends.accounts import service as accounts
from kalends.accounts.deletion import delete_account
from kalends.audit import service as audit
from kalends.audit.entry import Author, NewEntry, Subject
from kalends.db.database import UnitOfWork
from kalends.platform.users import sql
from kalends.platform.users.managed_user import ManagedUser
from kalends.platform.users.refusals import UnknownManagedUser


async def delete_managed_user(
    work: UnitOfWork, author: Author, client_id: str, user_id: int, *, site: str, now: datetime
) -> ManagedUser:
    """Delete an account of a client, as `delete_account` does, and return it as it was.

    Raises:
        UnknownManagedUser, UnknownAccount, AccountGone: it was deleted meanwhile.
    """
    user = await sql.find_user(work.connection, client_id, user_id)
    if user is None:
        raise UnknownManagedUser(user_id)
    account = await accounts.get_account(work.connection, user_id)
    await delete_account(work, account, site=site, now=now)
    if user.organization_id is not None:
        subject = Subject("user", user_id)
        await audit.record(
            work, author, NewEntry(user.organization_id, subject, "deleted", before=user.snapshot)
        )
    return user
