"""What webhooks are asked for of a fact: the trigger, and to whom it happened."""

from dataclasses import dataclass

from kalends.outbox.fact import StoredFact
from kalends.webhooks.triggers import Announcement


@dataclass(frozen=True, slots=True)
class Occasion:
    """A trigger, and the user, the event type and the organization that it happened to."""

    trigger: str
    user_id: int | None
    event_type_id: int | None
    organization_id: int | None = None


def occasion_of(fact: StoredFact, announcement: Announcement) -> Occasion:
    """Return the occasion on which a fact is announced."""
    return Occasion(announcement.trigger, fact.user_id, fact.event_type_id, fact.organization_id)
