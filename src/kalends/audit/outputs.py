"""The wire of the audit log, out."""

from typing import Any

from typing_extensions import TypedDict

from kalends.api.output.envelope import instant
from kalends.audit.entry import Entry


class ActorOutput(TypedDict):
    """Who acted: a user, and by what kind of credential."""

    type: str
    id: int
    email: str


class SubjectOutput(TypedDict):
    """What was acted on."""

    type: str
    id: str


class EntryOutput(TypedDict):
    """An entry of the audit log; an actor of null is the operator, on the server itself."""

    id: int
    createdAt: str
    actor: ActorOutput | None
    action: str
    subject: SubjectOutput
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    requestId: str | None


def entry_output(entry: Entry) -> EntryOutput:
    """Return an entry as the API shows it."""
    actor: ActorOutput | None = None
    if entry.actor_type is not None and entry.actor_id is not None:
        actor = {"type": entry.actor_type, "id": entry.actor_id, "email": entry.actor_email or ""}
    return {
        "id": entry.id,
        "createdAt": instant(entry.created_at),
        "actor": actor,
        "action": entry.action,
        "subject": {"type": entry.subject_type, "id": entry.subject_id},
        "before": entry.before,
        "after": entry.after,
        "requestId": entry.request_id,
    }
