"""Teams and organizations, who belongs to them, and who hosts what a team offers."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from kalends.models.base import created_at, metadata, updated_at

# An organization is a team with a mark; the teams inside it have it as their parent.
teams = Table(
    "teams",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("parent_id", Integer, ForeignKey("teams.id", ondelete="CASCADE")),
    Column("name", Text, nullable=False),
    Column("slug", Text),
    Column("is_organization", Boolean, nullable=False, server_default=text("false")),
    created_at(),
    updated_at(),
    CheckConstraint("NOT is_organization OR parent_id IS NULL", name="organization"),
    # Slugs are names among the teams of one organization, and among all that are in none.
    UniqueConstraint("parent_id", "slug"),
    Index("uq_teams_slug", "slug", unique=True, postgresql_where=text("parent_id IS NULL")),
)

memberships = Table(
    "memberships",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("team_id", Integer, ForeignKey("teams.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("role", Text, nullable=False, server_default="MEMBER"),
    # False: invited only.
    Column("accepted", Boolean, nullable=False, server_default=text("false")),
    created_at(),
    updated_at(),
    UniqueConstraint("user_id", "team_id"),
    CheckConstraint("role IN ('MEMBER', 'ADMIN', 'OWNER')", name="role"),
)

# By what name an organization knows a user.
profiles = Table(
    "profiles",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("organization_id", Integer, ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
    Column("username", Text, nullable=False),
    created_at(),
    updated_at(),
    UniqueConstraint("user_id", "organization_id"),
    UniqueConstraint("organization_id", "username"),
)

# Who hosts a team's event type; the host of a user's own event type is its owner, without a row here.
hosts = Table(
    "hosts",
    metadata,
    Column("event_type_id", Integer, ForeignKey("event_types.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
    # Of a round robin those who must always be there; of a collective event type everybody.
    Column("is_fixed", Boolean, nullable=False, server_default=text("false")),
    Column("priority", SmallInteger, nullable=False, server_default="2"),
    Column("weight", Integer, nullable=False, server_default="100"),
    Column("schedule_id", Integer, ForeignKey("schedules.id", ondelete="SET NULL"), index=True),
    created_at(),
    CheckConstraint("priority BETWEEN 0 AND 4", name="priority"),
    CheckConstraint("weight >= 0", name="weight"),
)
