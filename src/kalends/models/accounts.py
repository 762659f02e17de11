"""Users, their API keys and the limits of those keys."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from kalends.models.base import created_at, metadata, updated_at

users = Table(
    "users",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("email", Text, nullable=False),
    # Since when it is proven that the address is the account's; null: somebody typed it.
    Column("email_verified_at", DateTime(timezone=True)),
    # The address that is to take the place of `email` once its holder confirms it; it reserves nothing.
    Column("pending_email", Text),
    # When a confirmation was mailed lately, to whichever address; null: never.
    Column("confirmations_mailed_at", ARRAY(DateTime(timezone=True))),
    Column("username", Text, nullable=False),
    # The organization that the account belongs to, which may delete it.
    Column("organization_id", Integer, ForeignKey("teams.id", ondelete="SET NULL"), index=True),
    Column("name", Text),
    Column("bio", Text),
    Column("avatar_url", Text),
    Column("time_zone", Text, nullable=False, server_default="Europe/London"),
    Column("week_start", Text, nullable=False, server_default="Sunday"),
    Column("time_format", Integer, nullable=False, server_default="12"),
    Column("locale", Text),
    Column("metadata", JSONB),
    # `dark`, `light` or null, of the booking pages and of the application; colours in hex.
    Column("theme", Text),
    Column("app_theme", Text),
    Column("brand_color", Text),
    Column("dark_brand_color", Text),
    Column("hide_branding", Boolean, nullable=False, server_default=text("false")),
    # What the API calls `verified` and `invitedTo`: an organization made the account. No foreign key: it is
    # said of organizations that are gone, too.
    Column("is_verified", Boolean, nullable=False, server_default=text("false")),
    Column("invited_to", Integer),
    # An OAuth client made the account, and acts for it; null: that client is gone, or there never was one.
    Column("is_platform_managed", Boolean, nullable=False, server_default=text("false")),
    Column("oauth_client_id", Text, ForeignKey("oauth_clients.id", ondelete="SET NULL")),
    # Whether people may ask for common times of this user and others.
    Column("allow_dynamic_booking", Boolean, nullable=False, server_default=text("true")),
    Column("is_system_admin", Boolean, nullable=False, server_default=text("false")),
    Column("is_locked", Boolean, nullable=False, server_default=text("false")),
    # Schedules refer to their owner, so this reference is added after both tables exist.
    Column(
        "default_schedule_id",
        Integer,
        ForeignKey("schedules.id", ondelete="SET NULL", use_alter=True),
    ),
    created_at(),
    updated_at(),
    CheckConstraint("time_format IN (12, 24)", name="time_format"),
    CheckConstraint("oauth_client_id IS NULL OR is_platform_managed", name="platform_managed"),
    # Pages of the list of a client's users.
    Index("ix_users_oauth_client_id", "oauth_client_id", "id"),
    # Only who has proven an address has it; others may have typed the same.
    Index(
        "uq_users_email",
        func.lower(text("email")),
        unique=True,
        postgresql_where=text("email_verified_at IS NOT NULL"),
    ),
    Index("ix_users_email", func.lower(text("email"))),
    Index(
        "ix_users_pending_email",
        func.lower(text("pending_email")),
        postgresql_where=text("pending_email IS NOT NULL"),
    ),
    # A name among those of one organization, and among those of accounts that belong to none.
    UniqueConstraint("username", "organization_id"),
    Index("uq_users_username", "username", unique=True, postgresql_where=text("organization_id IS NULL")),
    Index("ix_users_default_schedule_id", "default_schedule_id"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", UUID, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    # The team or organization that requests with the key act in; null: a key of the user alone.
    Column("team_id", Integer, ForeignKey("teams.id", ondelete="CASCADE"), index=True),
    Column("note", Text),
    # Lower-case hex SHA-256 of what follows the key's prefix; the key itself is nowhere.
    Column("hashed_key", Text, nullable=False, unique=True),
    Column("expires_at", DateTime(timezone=True)),
    Column("last_used_at", DateTime(timezone=True)),
    created_at(),
)

api_key_rate_limits = Table(
    "api_key_rate_limits",
    metadata,
    Column("id", UUID, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("api_key_id", UUID, ForeignKey("api_keys.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("window_ms", Integer, nullable=False),
    Column("limit", Integer, nullable=False),
    Column("block_ms", Integer, nullable=False),
    created_at(),
    updated_at(),
    CheckConstraint('window_ms >= 1000 AND block_ms >= 1000 AND "limit" >= 1', name="positive"),
)

rate_limit_counters = Table(
    "rate_limit_counters",
    metadata,
    Column("key", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    # Counts may be lost in a crash; they must not cost a write-ahead log.
    prefixes=["UNLOGGED"],
)
