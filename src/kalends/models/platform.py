"""OAuth clients of platforms, and the tokens by which they act as people."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from kalends.models.base import created_at, metadata, updated_at

# A product that embeds scheduling, with users of its own (`users.oauth_client_id`).
oauth_clients = Table(
    "oauth_clients",
    metadata,
    # `c` and 24 lower-case letters and digits: clients of the API know ids by this form.
    Column("id", Text, primary_key=True),
    Column("organization_id", Integer, ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    # The secret is compared by its hash, hexadecimal SHA-256, and shown from what is encrypted.
    Column("secret_hash", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    # The bits of http-core.md 9.1.
    Column("permissions", Integer, nullable=False),
    Column("logo", Text),
    Column("redirect_uris", ARRAY(Text), nullable=False),
    # Where people are sent who look at a booking, cancel or reschedule it.
    Column("booking_redirect_uri", Text),
    Column("booking_cancel_redirect_uri", Text),
    Column("booking_reschedule_redirect_uri", Text),
    Column("are_emails_enabled", Boolean, nullable=False, server_default=text("false")),
    Column("are_default_event_types_enabled", Boolean, nullable=False, server_default=text("false")),
    created_at(),
    updated_at(),
    CheckConstraint("permissions BETWEEN 0 AND 1023", name="permissions"),
    Index("ix_oauth_clients_organization_id", "organization_id", "created_at", "id"),
)


def _tokens(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("id", BigInteger, Identity(), primary_key=True),
        # Hexadecimal SHA-256; the token itself is nowhere.
        Column("hashed_token", Text, nullable=False, unique=True),
        Column("oauth_client_id", Text, ForeignKey("oauth_clients.id", ondelete="CASCADE"), nullable=False),
        Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        Column("expires_at", DateTime(timezone=True), nullable=False),
        created_at(),
        Index(f"ix_{name}_user_id", "user_id", "oauth_client_id"),
        Index(f"ix_{name}_oauth_client_id", "oauth_client_id"),
        Index(f"ix_{name}_expires_at", "expires_at"),
    )


access_tokens = _tokens("access_tokens")
refresh_tokens = _tokens("refresh_tokens")

# What a client gets tokens for once its user has consented: one for each of them, which works once.
authorization_codes = Table(
    "authorization_codes",
    metadata,
    Column("hashed_code", Text, primary_key=True),
    Column("oauth_client_id", Text, ForeignKey("oauth_clients.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    created_at(),
    UniqueConstraint("user_id", "oauth_client_id"),
    Index("ix_authorization_codes_oauth_client_id", "oauth_client_id"),
    Index("ix_authorization_codes_expires_at", "expires_at"),
)

# A question whether a client may act for somebody, which waits for their answer.
consents = Table(
    "consents",
    metadata,
    Column("id", UUID, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("oauth_client_id", Text, ForeignKey("oauth_clients.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    # Of the secret in the link.
    Column("hashed_link", Text, nullable=False, unique=True),
    Column("redirect_uri", Text, nullable=False),
    Column("state", Text),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    # It works once.
    Column("used_at", DateTime(timezone=True)),
    Index("ix_consents_user_id", "user_id", "asked_at"),
    Index("ix_consents_oauth_client_id", "oauth_client_id"),
    Index("ix_consents_asked_at", "asked_at"),
)

# Which platform manages which organization.
managed_organizations = Table(
    "managed_organizations",
    metadata,
    Column(
        "managed_organization_id",
        Integer,
        ForeignKey("teams.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("manager_organization_id", Integer, ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
    created_at(),
    Index(
        "ix_managed_organizations_manager_organization_id",
        "manager_organization_id",
        "managed_organization_id",
    ),
)
