"""Answers kept for clients that send a request again (`Idempotency-Key`)."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text

from kalends.models.base import created_at, metadata

# Written in the transaction of the command that it answers, so either both are there or neither.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    # Whose key it is: a credential or a client address, so that one client never sees another's answers.
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    # SHA-256 of method, path and body.
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    created_at(),
    Index("ix_idempotency_keys_created_at", "created_at"),
)
