"""How many mails callers whom no credential vouches for may have sent to addresses that nobody verified."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from kalends.api.dependencies import CurrentSettings, Now
from kalends.api.http.context import context_of
from kalends.api.limits.rate_limits import network_of
from kalends.api.refusals import MailLimitReached
from kalends.db.database import Database, UnitOfWork
from kalends.db.rows import first_row, only_row

_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class MailAllowance:
    """How many mails an address may cause within an hour, counted with what it does; None: any number.

    It is counted where the bookings are stored, in their transaction: what is refused, for whatever reason,
    counts for nothing.
    """

    network: str
    most: int | None
    now: datetime

    async def take(self, work: UnitOfWork, addresses: Collection[str]) -> None:
        """Count a mail to each address that no account has proven to be its own.

        It comes last in a transaction: others from this network wait for its end.

        Raises:
            MailLimitReached: they are more than are left.
        """
        if self.most is None or not addresses:
            return
        asked = {
            "key": f"mails:{hashlib.sha256(self.network.encode()).hexdigest()}",
            "addresses": list(addresses),
            "now": self.now,
            "ends": self.now + _WINDOW,
        }
        row = await first_row(work.connection, _COUNT, asked)
        if row is not None and row[0] > self.most:
            raise MailLimitReached(self.most, ceil((row[1] - self.now).total_seconds()))

    async def take_request(self, work: UnitOfWork, most: int) -> None:
        """Count a request for a mail, whether somebody gets one or not: `most` within an hour.

        Counting tells nobody which addresses accounts have. It comes last in a transaction, too.

        Raises:
            MailLimitReached: it is one too many.
        """
        if self.most is None:
            return
        asked = {
            "key": f"mails:requests:{hashlib.sha256(self.network.encode()).hexdigest()}",
            "now": self.now,
            "ends": self.now + _WINDOW,
        }
        row = await only_row(work.connection, _COUNT_REQUEST, asked)
        if row[0] > most:
            raise MailLimitReached(most, ceil((row[1] - self.now).total_seconds()))


async def forget(database: Database, now: datetime) -> None:
    """Delete the counts of hours that are over."""
    async with database.connection() as connection:
        await connection.execute(_FORGET, (now,))


async def _allowance(request: Request, settings: CurrentSettings, now: Now) -> MailAllowance:
    is_limited = settings.rate_limit_enabled and settings.mail_enabled
    most = settings.stranger_mails_an_hour if is_limited else None
    return MailAllowance(network_of(context_of(request.scope).client_address), most, now)


MailsOfStranger: TypeAlias = Annotated[MailAllowance, Depends(_allowance)]

_ADDED = """
        ON CONFLICT (key) DO UPDATE
       SET count = excluded.count + CASE WHEN c.expires_at > %(now)s THEN c.count ELSE 0 END,
           -- Not longer than an hour from now, as it would be after the clock was set back.
           expires_at = CASE WHEN c.expires_at > %(now)s THEN least(c.expires_at, excluded.expires_at)
                             ELSE excluded.expires_at END
    RETURNING count, expires_at
"""

_COUNT = f"""
    INSERT INTO rate_limit_counters AS c (key, count, expires_at)
    SELECT %(key)s, count(*), %(ends)s
      FROM unnest(%(addresses)s::text[]) AS asked (address)
     WHERE NOT EXISTS (
               SELECT FROM users u
                WHERE lower(u.email) = lower(address) AND u.email_verified_at IS NOT NULL)
    HAVING count(*) > 0
    {_ADDED}
"""

_COUNT_REQUEST = f"""
    INSERT INTO rate_limit_counters AS c (key, count, expires_at) VALUES (%(key)s, 1, %(ends)s)
    {_ADDED}
"""

_FORGET = "DELETE FROM rate_limit_counters WHERE key LIKE 'mails:%%' AND expires_at <= %s"
