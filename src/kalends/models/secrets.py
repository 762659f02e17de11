"""Which secret the servers of this database have; the secret itself is kept elsewhere."""

from sqlalchemy import CheckConstraint, Column, LargeBinary, SmallInteger, Table, text

from kalends.models.base import created_at, metadata

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
