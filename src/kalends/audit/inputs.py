"""The wire of the audit log, in."""

from typing import Annotated

from pydantic import Field

from kalends.api.input.fields import QueryId, QueryInteger, Text
from kalends.api.input.instants import Instant
from kalends.api.wire import Body
from kalends.audit.entry import ListEntries


class AuditLogQuery(Body):
    """Which entries to show."""

    take: Annotated[QueryInteger, Field(ge=1, le=250)] = 250
    skip: Annotated[QueryInteger, Field(ge=0)] = 0
    action: Text | None = None
    actor_id: QueryId | None = None
    subject_type: Text | None = None
    subject_id: Text | None = None
    after_created_at: Instant | None = None
    before_created_at: Instant | None = None

    def to_command(self) -> ListEntries:
        """Return what is asked for."""
        return ListEntries(
            take=self.take,
            skip=self.skip,
            action=self.action,
            actor_id=self.actor_id,
            subject_type=self.subject_type,
            subject_id=self.subject_id,
            after=self.after_created_at,
            before=self.before_created_at,
        )
