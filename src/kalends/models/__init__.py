"""The tables and their constraints, one file an area: the whole data model in one look."""

from kalends.models import (
    absences,
    accounts,
    bookings,
    event_types,
    mails,
    organizations,
    outbox,
    platform,
    reservations,
    schedules,
    server,
    teams,
    webhooks,
)
from kalends.models.base import metadata

__all__ = [
    "absences",
    "accounts",
    "bookings",
    "event_types",
    "mails",
    "metadata",
    "organizations",
    "outbox",
    "platform",
    "reservations",
    "schedules",
    "server",
    "teams",
    "webhooks",
]
