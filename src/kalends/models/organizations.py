"""What organizations have besides teams and members."""

from sqlalchemy import Column, Table, Text

from kalends.models.base import created_at, metadata

# Where an organization's people have their calendars: what a delegation credential is for. The rows come
# with the schema.
workspace_platforms = Table(
    "workspace_platforms",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("name", Text, nullable=False),
    created_at(),
)
