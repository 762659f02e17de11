"""Reservations: times that somebody keeps for a few minutes."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from kalends.models.base import created_at, metadata

slot_reservations = Table(
    "slot_reservations",
    metadata,
    Column("uid", UUID, primary_key=True),
    # Whose time it takes: one row each, of one who rotates or of all who must be there.
    Column("host_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "event_type_id", Integer, ForeignKey("event_types.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("start_time", DateTime(timezone=True), nullable=False),
    Column("end_time", DateTime(timezone=True), nullable=False),
    # From this instant on it holds nothing, whether or not the row is still there.
    Column("release_at", DateTime(timezone=True), nullable=False),
    Column("is_seat", Boolean, nullable=False, server_default=text("false")),
    # A binding one refuses bookings that do not name it; an ordinary one hides its time from lists.
    Column("is_binding", Boolean, nullable=False, server_default=text("false")),
    # Of a binding one made without a credential: from which part of the address space, and since when.
    Column("stranger", Text),
    Column("held_since", DateTime(timezone=True)),
    created_at(),
    CheckConstraint("start_time < end_time", name="period"),
    CheckConstraint(
        "(stranger IS NULL) = (held_since IS NULL) AND (stranger IS NULL OR is_binding)", name="stranger"
    ),
    Index(
        "ix_slot_reservations_stranger",
        "stranger",
        "release_at",
        postgresql_where=text("stranger IS NOT NULL"),
    ),
    Index("ix_slot_reservations_host_id_release_at", "host_id", "release_at"),
)
