"""The server of the scene, its worker, and what happens to pass time."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from pydantic import SecretStr
from tests.conftest import Clock
from tests.notifications.mailbox import Mailbox, mail_server
from tests.support.client import Client, Host, booking_of, data
from tests.support.receiver import Behaviour, Received, Receiver, answers, receiving, resets

from kalends.api.http.edge import Edge
from kalends.app import Api
from kalends.db.database import Database
from kalends.outbox.worker import Worker
from kalends.runtime import make_runtime
from kalends.settings import Settings
from kalends.worker import worker_of

STEP = timedelta(hours=1)

# PostgreSQL has a clock of its own. What it has written just now moves to ours, in the order that it has.
_MOVE_TO_CLOCK = """
    DO $$
    DECLARE
        lead interval := timestamptz '{now}' - clock_timestamp();
        place record;
    BEGIN
        FOR place IN SELECT table_name, column_name FROM information_schema.columns
                      WHERE table_schema = 'public' AND data_type = 'timestamp with time zone' LOOP
            EXECUTE format('UPDATE %1$I SET %2$I = %2$I + %3$L WHERE %2$I <= clock_timestamp()',
                           place.table_name, place.column_name, lead);
        END LOOP;
    END $$
"""


@dataclass(slots=True)
class Scene:
    """The server, its worker, and what the worker talks to."""

    client: Client
    database: Database
    settings: Settings
    clock: Clock
    worker: Worker
    receiver: Receiver
    mailbox: Mailbox
    hosts: dict[str, Host] = field(default_factory=dict)
    event_types: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def executes(self, statement: str, *values: object) -> None:
        """Execute a statement."""
        async with self.database.connection() as connection:
            await connection.execute(statement.encode(), values or None)

    async def column(self, query: str) -> list[Any]:
        """Return the first column of a query's rows."""
        async with self.database.connection() as connection:
            return [row[0] for row in await (await connection.execute(query.encode())).fetchall()]

    async def sends(self) -> None:
        """Deliver and mail what is due."""
        for send_due in self.worker.duties.senders:
            while await send_due(self.database, self.settings, self.clock()):
                pass

    async def passes(self, until: datetime, *, is_followed: bool) -> None:
        """Let time pass; timers take effect on the hour, and facts are followed up if they are to be."""
        while self.clock() < until:
            await self.advances()
            await self.worker.fire_timers()
            if is_followed:
                await self.follows_up()

    async def advances(self) -> None:
        """Let an hour pass."""
        await self.moves_to_clock()
        self.clock.advance(STEP)

    async def moves_to_clock(self) -> None:
        """Let all that PostgreSQL's clock has told since the last time be told by ours."""
        await self.executes(_MOVE_TO_CLOCK.format(now=self.clock().isoformat()))

    async def follows_up(self) -> None:
        """Do what a worker does with all that has happened."""
        await self.worker.hand_on_facts()
        await self.sends()

    async def books(self, slug: str, start: datetime, name: str = "bo", **properties: Any) -> dict[str, Any]:
        """Book an event type of ana's; of a series, its first occurrence."""
        attendee = {"name": f"{name.capitalize()} Guest", "email": f"{name}@example.com", "timeZone": "UTC"}
        body = booking_of(self.event_types[slug]["id"], start.isoformat(), attendee=attendee, **properties)
        made = data(await self.client.post("/v2/bookings", json=body), 201)
        first: dict[str, Any] = made[0] if isinstance(made, list) else made
        return first

    async def does(self, command: str, booking: Mapping[str, Any], by: str | None = None, **body: Any) -> Any:
        """Give a command on a booking, as a user or as whoever knows its uid."""
        client = self.client if by is None else self.hosts[by].client
        answer = await client.post(f"/v2/bookings/{booking['uid']}/{command}", json=body)
        return data(answer, answer.status_code if answer.is_success else 200)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Scene]:
    """Run the server on an empty and migrated database."""
    clock = Clock()
    async with receiving("") as receiver, mail_server() as mailbox:
        receiver.choose = _behaviour
        mailbox.refusals |= {"cy@example.com": "550 5.1.1 no such user", "di@example.com": "450 4.2.0 later"}
        own = settings.model_copy(update={"smtp_url": SecretStr(mailbox.url)})
        api = Api(make_runtime(own, clock=clock))
        async with (
            api.router.lifespan_context(api),
            Client(transport=httpx.ASGITransport(app=Edge(api)), base_url="http://kalends.test") as client,
        ):
            worker = worker_of(api.runtime)
            yield Scene(client, api.runtime.database, own, clock, worker, receiver, mailbox)


def _behaviour(received: Received) -> Behaviour:
    """Answer as the path says."""
    path = received.path.partition("?")[0]
    return {"/failing": answers(500, "no"), "/late": resets, "/gone": answers(410)}.get(
        path, answers(200, "thanks")
    )
