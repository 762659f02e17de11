"""SQL of delegation credentials."""

from uuid import UUID

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import first_row, named_row, only_row
from kalends.organizations.delegation.credential import DelegationCredential

_SELECT = """
    SELECT c.id, c.organization_id, c.platform_slug, p.name AS platform_name, c.domain, c.enabled,
           c.created_at, c.updated_at
      FROM delegation_credentials c JOIN workspace_platforms p ON p.slug = c.platform_slug
"""


async def has_platform(connection: Connection, slug: str) -> bool:
    """Tell whether there is a provider of calendars with this slug."""
    return await first_row(connection, "SELECT FROM workspace_platforms WHERE slug = %s", (slug,)) is not None


async def is_domain_taken(connection: Connection, organization_id: int, domain: str) -> bool:
    """Tell whether a domain has a credential in an organization, or an enabled one in another."""
    row = await first_row(
        connection,
        """
        SELECT FROM delegation_credentials
         WHERE lower(domain) = lower(%s) AND (organization_id = %s OR enabled) LIMIT 1
        """,
        (domain, organization_id),
    )
    return row is not None


async def insert_credential(
    work: UnitOfWork, organization_id: int, platform_slug: str, domain: str, key: bytes
) -> UUID:
    """Store a credential with its encrypted key, and return its id.

    Raises:
        psycopg.errors.UniqueViolation: the organization has one for the domain.
    """
    (credential_id,) = await only_row(
        work.connection,
        """
        INSERT INTO delegation_credentials (organization_id, platform_slug, domain, service_account_key)
        VALUES (%s, %s, %s, %s) RETURNING id
        """,
        (organization_id, platform_slug, domain, key),
    )
    return UUID(str(credential_id))


async def find_credential(
    connection: Connection, credential_id: UUID, organization_id: int
) -> DelegationCredential | None:
    """Return a credential of an organization."""
    row = await named_row(
        connection, f"{_SELECT} WHERE c.id = %s AND c.organization_id = %s", (credential_id, organization_id)
    )
    return None if row is None else DelegationCredential(*row)


async def update_key(work: UnitOfWork, credential_id: UUID, key: bytes) -> None:
    """Write another encrypted key."""
    await work.connection.execute(
        "UPDATE delegation_credentials SET service_account_key = %s, updated_at = now() WHERE id = %s",
        (key, credential_id),
    )


async def disable(work: UnitOfWork, credential_id: UUID) -> None:
    """Disable a credential."""
    await work.connection.execute(
        "UPDATE delegation_credentials SET enabled = false, updated_at = now() WHERE id = %s AND enabled",
        (credential_id,),
    )
