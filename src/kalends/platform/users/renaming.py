"""The address of a managed user who changes it: it keeps the id of the client, and the username follows."""

from dataclasses import replace

from kalends.accounts.user import User, UserChanges
from kalends.api.input.changes import UNSET
from kalends.db.database import UnitOfWork
from kalends.platform.users import sql
from kalends.platform.users.managed_user import managed_email, username_of


async def as_managed(work: UnitOfWork, user: User, changes: UserChanges) -> UserChanges:
    """Return what a user changes of themself, as their client would; write the name of their profile.

    Raises:
        psycopg.errors.UniqueViolation: another request took the name at the same time.
    """
    if user.oauth_client_id is None or changes.email is UNSET:
        return changes
    email = managed_email(changes.email, user.oauth_client_id)
    managed = await sql.lock_user(work, user.oauth_client_id, user.id)
    if managed is None:
        return replace(changes, email=email)
    username = await sql.find_free_username(work.connection, managed, username_of(email))
    if username != managed.username:
        await sql.update_profile(work, managed, username)
    return replace(changes, email=email, username=username)
