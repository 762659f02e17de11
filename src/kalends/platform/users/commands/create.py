"""Making a managed user."""

from dataclasses import replace
from datetime import datetime

from psycopg import errors

from kalends.access.place import Place
from kalends.audit import service as audit
from kalends.audit.entry import Author, NewEntry, Subject
from kalends.db.database import UnitOfWork
from kalends.event_types import service as event_types
from kalends.memberships import service as memberships
from kalends.organizations.profiles import ensure_profile
from kalends.platform.clients.refusals import ClientGone
from kalends.platform.tokens import service as tokens
from kalends.platform.tokens.keys import Bearer
from kalends.platform.users import sql
from kalends.platform.users.managed_user import CreatedUser, CreateManagedUser, is_address, managed_email
from kalends.platform.users.refusals import ManagedEmailInvalid, ManagedEmailTaken, ManagedUserExists
from kalends.schedules import service as schedules


async def create_managed_user(
    work: UnitOfWork,
    author: Author,
    client: Place,
    command: CreateManagedUser,
    *,
    key: bytes,
    now: datetime,
) -> CreatedUser:
    """Make an account of a client's platform, with profile, membership and tokens, signed with `key`.

    With a time zone it gets a default schedule, and event types if the client wants its users to have some.

    Raises:
        ManagedEmailInvalid: the address is none.
        ClientGone: the client was deleted meanwhile.
        ManagedUserExists: the client has a user with this address.
        ManagedEmailTaken: another request took the name of the account at the same time.
    """
    client_id, organization_id = client.known_client_id, client.organization_id
    if not is_address(command.email):
        raise ManagedEmailInvalid(command.email)
    email = managed_email(command.email, client_id)
    try:
        inserted = await sql.insert_user(work, client_id, organization_id, command)
    except errors.UniqueViolation as error:
        raise ManagedEmailTaken(email) from error
    if inserted is None:
        raise ClientGone(client_id)
    user = inserted.user
    if user is None:
        existing = await sql.find_id_by_email(work.connection, email)
        raise ManagedEmailTaken(email) if existing is None else ManagedUserExists(email, existing)
    # What is only to be stored goes first: then one wait serves the schedule and the membership.
    await ensure_profile(work, user.id, organization_id)
    keys = await tokens.issue(work, key, Bearer(client_id, user.id), now=now)
    if inserted.has_default_event_types:
        await event_types.create_defaults(work, user.id)
    schedule = None
    if command.time_zone is not None:
        schedule = await schedules.send_first(work, user.id, command.time_zone)
    membership = await memberships.add_membership(work, user.id, organization_id, accepted=True)
    if schedule is not None:
        user = replace(user, default_schedule_id=await schedule.get_id())
    await audit.record(
        work,
        author,
        NewEntry(organization_id, Subject("user", user.id), "created", after=user.snapshot),
        NewEntry(organization_id, Subject("membership", membership.id), "created", after=membership.snapshot),
    )
    return CreatedUser(user, keys)
