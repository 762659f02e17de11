"""Ending an account that belongs to an organization."""

from datetime import datetime

from kalends.accounts import service as accounts
from kalends.accounts.deletion import delete_account
from kalends.audit import service as audit
from kalends.audit.entry import Author, NewEntry, Subject
from kalends.db.database import UnitOfWork
from kalends.memberships.last_administrator import check_not_last
from kalends.organizations.users import sql
from kalends.organizations.users.organization_user import OrganizationUser
from kalends.organizations.users.outputs import snapshot_of
from kalends.organizations.users.refusals import AccountOfSomebodyElse


async def delete_user(
    work: UnitOfWork, author: Author, organization_id: int, user_id: int, *, site: str, now: datetime
) -> OrganizationUser:
    """End an account of a locked organization, as `delete_account` does; return it as it was.

    Raises:
        AccountOfSomebodyElse: the account does not belong to the organization.
        LastAdministrator: nobody would be left who is one.
    """
    user = await sql.find_user(work.connection, user_id, organization_id)
    if user is None or user.organization_id != organization_id:
        raise AccountOfSomebodyElse(user_id, organization_id)
    await check_not_last(work, organization_id, user_id)
    account = await accounts.get_account(work.connection, user_id)
    await delete_account(work, account, site=site, now=now)
    subject = Subject("user", user_id)
    await audit.record(work, author, NewEntry(organization_id, subject, "deleted", before=snapshot_of(user)))
    return user
