"""Whom a role in an organization lets have an API key of it, and replace one."""

from kalends.auth.principal import Principal
from kalends.auth.refusals import AdministratorNeeded, KeyOfStranger
from kalends.db.database import Connection
from kalends.memberships import service as memberships
from kalends.memberships.membership import Role


async def check_may_have_key(connection: Connection, user_id: int, organization_id: int) -> None:
    """Check that a user may have a key of an organization.

    Raises:
        KeyOfStranger: the user is no accepted member of it.
    """
    if await memberships.find_role(connection, user_id, organization_id) is None:
        raise KeyOfStranger(organization_id)


async def check_may_replace_key(connection: Connection, caller: Principal) -> None:
    """Check that a caller may replace the key they present; their own is theirs to replace.

    Raises:
        AdministratorNeeded: it is one of an organization, in which they are neither ADMIN nor OWNER.
    """
    if caller.organization_id is None:
        return
    role = await memberships.find_role(connection, caller.user.id, caller.organization_id)
    if role is None or not role.is_at_least(Role.ADMIN):
        raise AdministratorNeeded(caller.organization_id)
