"""Making an OAuth client."""

import secrets
import string

from kalends.api.http.credentials import fingerprint
from kalends.api.refusals import BoundReached
from kalends.audit import service as audit
from kalends.audit.entry import Author, NewEntry, Subject
from kalends.db.database import UnitOfWork
from kalends.platform.clients import sql
from kalends.platform.clients.client import CreateClient, NewClient
from kalends.security.encryption import Keyring

_ALPHABET = string.ascii_lowercase + string.digits
_LENGTH = 24

_SECRET_BYTES = 32


async def create_client(
    work: UnitOfWork,
    author: Author,
    keys: Keyring,
    organization_id: int,
    command: CreateClient,
    *,
    most: int,
) -> NewClient:
    """Make a client of an organization that is held.

    Raises:
        BoundReached: the organization has `most` already.
    """
    client_id = "c" + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    made, before = await sql.insert_client(
        work, client_id, organization_id, command, secret=(fingerprint(secret), keys.encrypt(secret))
    )
    if before >= most:
        raise BoundReached("name", most, "OAuth clients of an organization; delete one first")
    subject = Subject("oauth_client", client_id)
    await audit.record(work, author, NewEntry(organization_id, subject, "created", after=made.snapshot))
    return NewClient(client_id, secret)
