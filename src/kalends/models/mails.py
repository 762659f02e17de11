"""Mails: those to send, and the log of those sent."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from kalends.models.base import created_at, metadata

# No foreign keys to bookings and facts: the log outlives them.
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
    # Why it was suppressed.
    Column("reason", Text),
    # Whether it was sent, and when it is tried again.
    Column("job_id", BigInteger, ForeignKey("jobs.id"), nullable=False, unique=True),
    # Since when the mail server has been away for it; null: at the last attempt it was there, or it has
    # ended.
    Column("server_away_since", DateTime(timezone=True)),
    created_at(),
    UniqueConstraint("cause", "template", "recipient"),
    Index("ix_mails_thread", "thread", "recipient"),
    Index("ix_mails_recipient", "recipient", "created_at"),
    Index("ix_mails_booking_uid", "booking_uid"),
    Index(
        "ix_mails_server_away",
        "server_away_since",
        postgresql_where=text("server_away_since IS NOT NULL"),
    ),
    Index("ix_mails_kept", "created_at", postgresql_where=text("message IS NOT NULL")),
)
