"""Answers kept for clients that send a request again (`Idempotency-Key`)."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table

from kalends.models.base import created_at, metadata

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
