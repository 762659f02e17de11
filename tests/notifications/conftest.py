"""A mail server, and a worker that sends what follows from the bookings of a test."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
from psycopg import sql
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from kalends.app import Api
from kalends.db.database import Database
from kalends.notifications import service as notifications
from kalends.notifications.delivery import send_due
from kalends.notifications.mail import Mail
from kalends.runtime import Runtime
from kalends.settings import Settings
from kalends.worker import worker_of
from tests.notifications.mailbox import Mailbox, mail_server

FROM = "Kalends <kalends@example.com>"


@dataclass
class Office:
    """A worker without loops: it works when it is told to."""

    runtime: Runtime

    @property
    def database(self) -> Database:
        """The database of the server under test."""
        return self.runtime.database

    @property
    def settings(self) -> Settings:
        """What the worker goes by."""
        return self.runtime.settings

    @property
    def clock(self) -> Callable[[], datetime]:
        """The clock of the server under test."""
        return self.runtime.clock

    def configures(self, **changes: Any) -> None:
        """Change settings of the worker."""
        settings = self.settings.model_copy(update=changes)
        self.runtime = replace(self.runtime, settings=settings)

    async def notes(self) -> None:
        """Let due timers take effect, and hand facts to their consumers, which write mails down."""
        worker = worker_of(self.runtime)
        await worker.fire_timers()
        await worker.hand_on_facts()

    async def sends(self) -> None:
        """Send what is due."""
        while await send_due(self.database, self.settings, self.clock()):
            pass

    async def works(self) -> None:
        """Write mails down and send them."""
        await self.notes()
        await self.sends()

    async def sets(self, event_type: dict[str, Any], **columns: Any) -> None:
        """Write columns of an event type."""
        async with self.database.transaction() as work:
            for name, value in columns.items():
                await work.connection.execute(
                    sql.SQL("UPDATE event_types SET {} = %s WHERE id = %s").format(sql.Identifier(name)),
                    (Jsonb(value) if isinstance(value, dict | list) else value, event_type["id"]),
                )

    async def log(self, booking_uid: str | None = None) -> list[Mail]:
        """Return the log of mails, oldest first."""
        async with self.database.connection() as connection:
            mails = await notifications.list_mails(connection, booking_uid=booking_uid, limit=1_000)
        return mails[::-1]


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """Return a running mail server."""
    async with mail_server() as found:
        yield found


@pytest.fixture
def office(api: Api, mailbox: Mailbox) -> Office:
    """Return a worker that sends to the mail server."""
    office = Office(api.runtime)
    office.configures(
        smtp_url=SecretStr(mailbox.url), mail_from=FROM, public_url="https://kalends.example.com"
    )
    return office
