"""SQL of which platform manages which organization; it reads these."""

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import Columns, named_row, named_rows, only_row
from kalends.platform.organizations.managed_organization import ManagedOrganization

_ORGANIZATION = Columns(ManagedOrganization, "o")
_SELECT = f"""
    SELECT {_ORGANIZATION.selected}
      FROM managed_organizations m JOIN teams o ON o.id = m.managed_organization_id
     WHERE m.manager_organization_id = %(manager_id)s
"""


async def insert_link(work: UnitOfWork, manager_id: int, managed_id: int) -> int:
    """Store which platform manages an organization; return how many it managed before."""
    (before,) = await only_row(
        work.connection,
        """
        INSERT INTO managed_organizations (manager_organization_id, managed_organization_id)
        VALUES (%(manager_id)s, %(managed_id)s)
        RETURNING (SELECT count(*) FROM managed_organizations
                    WHERE manager_organization_id = %(manager_id)s)
        """,
        {"manager_id": manager_id, "managed_id": managed_id},
    )
    return int(before)


async def list_managed(connection: Connection, manager_id: int) -> list[ManagedOrganization]:
    """Return the organizations that a platform manages, by id."""
    rows = await named_rows(connection, f"{_SELECT} ORDER BY o.id", {"manager_id": manager_id})
    return [_ORGANIZATION.read(row) for row in rows]


async def find_managed(
    connection: Connection, manager_id: int, managed_id: int
) -> ManagedOrganization | None:
    """Return an organization that a platform manages."""
    row = await named_row(
        connection,
        f"{_SELECT} AND o.id = %(managed_id)s",
        {"manager_id": manager_id, "managed_id": managed_id},
    )
    return None if row is None else _ORGANIZATION.read(row)
