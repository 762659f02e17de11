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
from sqlalchemy.dialects.postgresql import JSONB

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
    # An organization whose OAuth clients have users of their own.
    Column("is_platform", Boolean, nullable=False, server_default=text("false")),
    Column("logo_url", Text),
    Column("cal_video_logo", Text),
    Column("app_logo", Text),
    Column("app_icon_logo", Text),
    Column("banner_url", Text),
    Column("bio", Text),
    Column("theme", Text),
    Column("brand_color", Text),
    Column("dark_brand_color", Text),
    Column("hide_branding", Boolean, nullable=False, server_default=text("false")),
    Column("is_private", Boolean, nullable=False, server_default=text("false")),
    Column("hide_book_a_team_member", Boolean, nullable=False, server_default=text("false")),
    # What clients keep with a team; null: nothing ever.
    Column("metadata", JSONB),
    Column("time_format", Integer),
    Column("time_zone", Text, nullable=False, server_default="Europe/London"),
    Column("week_start", Text, nullable=False, server_default="Sunday"),
    # The OAuth client that made the team, which goes with it.
    Column(
        "created_by_oauth_client_id",
        Text,
        ForeignKey("oauth_clients.id", ondelete="CASCADE", use_alter=True),
        index=True,
    ),
    # What clients send and nobody reads yet: a JSON text, and whether it counts managed event types.
    Column("booking_limits", JSONB),
    Column("include_managed_events_in_limits", Boolean, nullable=False, server_default=text("false")),
    created_at(),
    updated_at(),
    CheckConstraint("NOT is_organization OR parent_id IS NULL", name="organization"),
    CheckConstraint("NOT is_platform OR is_organization", name="platform"),
    CheckConstraint("time_format IN (12, 24)", name="time_format"),
    CheckConstraint("jsonb_typeof(metadata) = 'object'", name="metadata"),
    # Slugs are names among the teams of one organization, and among all that are in none.
    UniqueConstraint("parent_id", "slug"),
    Index("ix_teams_parent_id_id", "parent_id", "id"),
    Index("uq_teams_slug", "slug", unique=True, postgresql_where=text("parent_id IS NULL")),
)

memberships = Table(
    "memberships",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("team_id", Integer, ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
    Column("role", Text, nullable=False, server_default="MEMBER"),
    # False: invited only.
    Column("accepted", Boolean, nullable=False, server_default=text("false")),
    Column("disable_impersonation", Boolean, nullable=False, server_default=text("false")),
    created_at(),
    updated_at(),
    UniqueConstraint("user_id", "team_id"),
    # Pages of a list.
    Index("ix_memberships_team_id_id", "team_id", "id"),
    # Who an OAuth client acts as: the first OWNER of its platform.
    Index(
        "ix_memberships_owners",
        "team_id",
        "id",
        postgresql_where=text("role = 'OWNER' AND accepted"),
    ),
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
    Index("ix_profiles_organization_id_user_id", "organization_id", "user_id"),
)

# Who hosts a team's event type; the host of a user's own event type is its owner, without a row here. Of a
# managed one: members who wait for their copy until it is saved, as something of theirs has its slug.
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
    # The order in which they were sent.
    Column("position", Integer, nullable=False, server_default="0"),
    CheckConstraint("priority BETWEEN 0 AND 4", name="priority"),
    CheckConstraint("weight >= 0", name="weight"),
)
