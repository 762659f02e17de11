"""What belongs to the server itself: which secret it has, and the answers to requests that are sent again."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, SmallInteger, Table, text

from kalends.models.base import created_at, metadata

# Which secret the servers of this database have; the secret itself is kept elsewhere.
server_secret = Table(
    "server_secret",
    metadata,
    # There is one row.
    Column("id", SmallInteger, primary_key=True, server_default=text("1")),
    # Derived from the secret; tells whether two are the same, and nothing else.
    Column("fingerprint", LargeBinary, nullable=False),
    created_at(),
    CheckConstraint("id = 1", name="one"),
)

# Answers by `Idempotency-Key`.
# Written in the transaction of the command that it answers, so either both are there or neither.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    # Of the client's credential or address, and its key: one client never sees another's answers.
    Column("digest", LargeBinary, primary_key=True),
    # SHA-256 of method, path, version and body.
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    # Encrypted with what only the client has: an answer may show a secret that is stored nowhere else.
    Column("answer", LargeBinary, nullable=False),
    created_at(),
    Index("ix_idempotency_keys_created_at", "created_at"),
)
