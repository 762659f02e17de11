"""The rules of consents (platform.md 5): a mail proves who somebody is, as there are no web sessions."""

import secrets
from datetime import datetime, timedelta

from kalends.db.database import Connection, Database, UnitOfWork
from kalends.notifications.letters.consent_link import ConsentLink, queue_consent_link
from kalends.notifications.mail import Recipient
from kalends.platform.clients import service as clients
from kalends.platform.clients.client import OAuthClient
from kalends.platform.consent import sql
from kalends.platform.consent.consent import Asked, Consent, NewConsent
from kalends.platform.consent.redirects import allows, with_answer
from kalends.platform.consent.refusals import (
    ApplicationUnknown,
    ConsentClosed,
    ConsentUnknown,
    RedirectForeign,
)
from kalends.platform.tokens import service as tokens
from kalends.settings import Settings

PATH = "/consent"
"""The page on which consent is given, with the link's secret as `?token=`."""

LIFETIME = timedelta(minutes=10)
"""How long a link works, and then the code."""

_AN_HOUR = timedelta(hours=1)
_SECRET_BYTES = 32
_FORGOTTEN_AT_ONCE = 1_000


async def get_client(connection: Connection, asked: Asked) -> OAuthClient:
    """Return the client that asks.

    Raises:
        ApplicationUnknown: there is none.
        RedirectForeign: it may not have browsers sent there.
    """
    client = await clients.find(connection, asked.client_id)
    if client is None:
        raise ApplicationUnknown
    if not allows(client.redirect_uris, asked.redirect_uri):
        raise RedirectForeign
    return client


async def ask(
    work: UnitOfWork, settings: Settings, asked: Asked, email: str, *, now: datetime
) -> OAuthClient:
    """Mail a link to whoever has an address, and return the client that asks.

    Nobody can tell from outside whether an account has the address. Managed users, and accounts whose address
    is not verified, are not asked; nobody is more often than so many times an hour.

    Raises:
        ApplicationUnknown, RedirectForeign: as `get_client`.
    """
    client = await get_client(work.connection, asked)
    person = await sql.lock_person(work, email)
    if person is None:
        return client
    secret, until = secrets.token_urlsafe(_SECRET_BYTES), now + LIFETIME
    most, since = settings.consent_mails_an_hour, now - _AN_HOUR
    new = NewConsent(asked, person.id, secret, now, until)
    if await sql.insert_consent(work, new, since=since, most=most):
        recipient = Recipient(
            person.name or "", person.email, person.locale, person.time_zone, person.time_format
        )
        url = f"{settings.base_url}{PATH}?token={secret}"
        link = ConsentLink(person.id, recipient, client.name, url, sent_at=now, expires_at=until)
        await queue_consent_link(work, settings, link)
    return client


async def find(connection: Connection, link: str) -> Consent:
    """Return the question that a link is for.

    Raises:
        ConsentUnknown: there is none.
    """
    consent = await sql.find_consent(connection, link)
    if consent is None:
        raise ConsentUnknown
    return consent


async def consent_to(work: UnitOfWork, link: str, *, now: datetime) -> str:
    """Give consent, and return the address at which the client gets its code.

    Raises:
        ConsentUnknown: there is no such question.
        ConsentClosed: it was answered, its time is over, or the client may not be answered there any more.
    """
    consent = await sql.lock_consent(work, link)
    if consent is None:
        raise ConsentUnknown
    if not consent.is_open(now) or not allows(consent.redirect_uris, consent.redirect_uri):
        raise ConsentClosed
    code = secrets.token_urlsafe(_SECRET_BYTES)
    await sql.close_consent(work, consent, now)
    await tokens.put_code(work, consent.client_id, consent.user_id, code, expires_at=now + LIFETIME)
    return with_answer(consent.redirect_uri, code, consent.state)


async def forget(database: Database, now: datetime) -> None:
    """Delete questions of which nobody needs to know any more, some in each transaction."""
    is_more = True
    while is_more:
        async with database.transaction() as work:
            is_more = await sql.forget_before(work, now - _AN_HOUR, _FORGOTTEN_AT_ONCE) > 0
