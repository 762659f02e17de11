"""What organizations have besides teams and members."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from kalends.models.base import created_at, metadata, updated_at

# Where an organization's people have their calendars: what a delegation credential is for. The rows come
# with the schema.
workspace_platforms = Table(
    "workspace_platforms",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("name", Text, nullable=False),
    created_at(),
)

# A service account by which the people of an organization need not connect their calendars one by one.
delegation_credentials = Table(
    "delegation_credentials",
    metadata,
    Column("id", UUID, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("organization_id", Integer, ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
    Column("platform_slug", Text, ForeignKey("workspace_platforms.slug"), nullable=False),
    # What addresses of its people have after the `@`, in lower case for comparisons.
    Column("domain", Text, nullable=False),
    Column("enabled", Boolean, nullable=False, server_default=text("false")),
    # The service account's key as JSON, encrypted.
    Column("service_account_key", LargeBinary, nullable=False),
    created_at(),
    updated_at(),
    Index("uq_delegation_credentials_domain", "organization_id", text("lower(domain)"), unique=True),
    Index(
        "uq_delegation_credentials_enabled",
        text("lower(domain)"),
        unique=True,
        postgresql_where=text("enabled"),
    ),
)

# What is on its way to somebody who was made a member by others: one for each membership.
invitations = Table(
    "invitations",
    metadata,
    Column("id", UUID, primary_key=True, server_default=text("gen_random_uuid()")),
    Column(
        "membership_id",
        Integer,
        ForeignKey("memberships.id", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    # Where it was mailed to; an account that has another address meanwhile cannot be entered by it.
    Column("email", Text, nullable=False),
    # Who invited, null: their account is gone.
    Column("inviter_id", Integer, ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    # It works once.
    Column("accepted_at", DateTime(timezone=True)),
    created_at(),
)

# When an address was mailed invitations lately, whoever sent them, to whatever: memberships come and go. What
# is older than an hour is deleted.
invitation_mails = Table(
    "invitation_mails",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    # In lower case.
    Column("address", Text, nullable=False),
    Column("mailed_at", DateTime(timezone=True), nullable=False),
    Index("ix_invitation_mails_address", "address", "mailed_at"),
    Index("ix_invitation_mails_mailed_at", "mailed_at"),
)

# Who did what to whom. No foreign keys: it outlives all that it tells of.
audit_entries = Table(
    "audit_entries",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    # The organization, or the team that is in none, that it happened in.
    Column("place_id", Integer, nullable=False),
    # Null: the operator, on the server itself.
    Column("actor_type", Text),
    Column("actor_id", Integer),
    Column("actor_email", Text),
    # `<subject>.<verb>`, such as `membership.created`.
    Column("action", Text, nullable=False),
    Column("subject_type", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    # What changed, as it was and as it is; null: it was not there, or is no more.
    Column("before", JSONB),
    Column("after", JSONB),
    Column("request_id", Text),
    created_at(),
    Index("ix_audit_entries_place_id_id", "place_id", "id"),
    Index("ix_audit_entries_created_at", "created_at"),
)
