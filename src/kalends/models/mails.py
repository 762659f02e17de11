"""Mails: those to send, and the log of those sent."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from kalends.models.base import created_at, metadata

# No foreign keys: the log outlives bookings and facts.
mails = Table(
    "mails",
    metadata,
    # The order of mails: those of one thread reach one recipient in it.
    Column("id", BigInteger, Identity(), primary_key=True),
    # What it follows from; the same mail of one cause is never written twice.
    Column("cause", Text, nullable=False),
    Column("template", Text, nullable=False),
    # An address in lower case.
    Column("recipient", Text, nullable=False),
    # The fact that it is rendered from; null: it was rendered when it was written.
    Column("event_id", BigInteger),
    Column("booking_id", BigInteger),
    Column("booking_uid", Text),
    # The UID of the calendar object that it is about.
    Column("thread", Text),
    # What it presumes: when the booking starts, and who attends.
    Column("starts_at", DateTime(timezone=True)),
    Column("attendee", Text),
    Column("locale", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("subject", Text),
    # What its invitation asks for, REQUEST or CANCEL; null: it has none.
    Column("method", Text),
    # The whole message, compressed and encrypted: it holds links that give power over a booking. Null:
    # not rendered yet, or forgotten.
    Column("message", LargeBinary),
    Column("state", Text, nullable=False),
    # Why it was suppressed.
    Column("reason", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # When it is due; while it is being sent, when another worker may take it over.
    Column("next_attempt_at", DateTime(timezone=True)),
    # Since when the mail server has been away for it; null: at the last attempt it was there.
    Column("server_away_since", DateTime(timezone=True)),
    Column("last_error", Text),
    Column("sent_at", DateTime(timezone=True)),
    created_at(),
    UniqueConstraint("cause", "template", "recipient"),
    CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed', 'suppressed')", name="state"),
    CheckConstraint("(state IN ('queued', 'sending')) = (next_attempt_at IS NOT NULL)", name="due"),
    Index("ix_mails_due", "next_attempt_at", postgresql_where=text("state IN ('queued', 'sending')")),
    Index("ix_mails_thread", "thread", "recipient"),
    Index("ix_mails_booking_uid", "booking_uid"),
    Index(
        "ix_mails_server_away",
        "server_away_since",
        postgresql_where=text("server_away_since IS NOT NULL AND state = 'queued'"),
    ),
    Index("ix_mails_kept", "created_at", postgresql_where=text("message IS NOT NULL")),
)
