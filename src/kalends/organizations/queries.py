"""SQL of organizations, their profiles, and workspace platforms; it reads memberships."""

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import Columns, first_row, named_rows, only_row
from kalends.organizations.organization import Organization, WorkspacePlatform

_ORGANIZATION = Columns(Organization, "o", without=("owner_id",))
_WORKSPACE_PLATFORM = Columns(WorkspacePlatform, "w")


async def insert_organization(work: UnitOfWork, name: str, slug: str, *, is_platform: bool) -> int:
    """Store an organization, and return its id.

    Raises:
        psycopg.errors.UniqueViolation: the slug is that of another organization, or of a team in none.
    """
    (organization_id,) = await only_row(
        work.connection,
        """
        INSERT INTO teams (name, slug, is_organization, is_platform) VALUES (%s, %s, true, %s) RETURNING id
        """,
        (name, slug, is_platform),
    )
    return int(organization_id)


async def lock_organization(work: UnitOfWork, organization_id: int) -> bool:
    """Keep an organization from being deleted until this command ends; tell whether it exists."""
    row = await first_row(
        work.connection,
        "SELECT FROM teams WHERE id = %s AND is_organization FOR KEY SHARE",
        (organization_id,),
    )
    return row is not None


async def list_organizations(connection: Connection) -> list[Organization]:
    """Return all organizations, ordered by id."""
    rows = await named_rows(
        connection,
        f"""
        SELECT {_ORGANIZATION.selected},
               (SELECT m.user_id FROM memberships m
                 WHERE m.team_id = o.id AND m.role = 'OWNER' AND m.accepted ORDER BY m.id LIMIT 1) AS owner_id
          FROM teams o WHERE o.is_organization ORDER BY o.id
        """,
        (),
    )
    return [Organization(**_ORGANIZATION.values_of(row), owner_id=row.owner_id) for row in rows]


async def insert_profile(work: UnitOfWork, user_id: int, organization_id: int, username: str) -> None:
    """Store the name by which an organization knows a user.

    Raises:
        psycopg.errors.UniqueViolation: it knows the user already, or another one by this name.
    """
    await only_row(
        work.connection,
        "INSERT INTO profiles (user_id, organization_id, username) VALUES (%s, %s, %s) RETURNING id",
        (user_id, organization_id, username),
    )


async def list_workspace_platforms(connection: Connection) -> list[WorkspacePlatform]:
    """Return all workspace platforms, ordered by slug."""
    rows = await named_rows(
        connection,
        f"SELECT {_WORKSPACE_PLATFORM.selected} FROM workspace_platforms w ORDER BY w.slug",
        (),
    )
    return [_WORKSPACE_PLATFORM.read(row) for row in rows]
