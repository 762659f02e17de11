"""What becomes of addresses that accounts ask for: they count once their holder confirms them.

A pending address reserves nothing: several accounts may wait for one, and the first to confirm it has it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from psycopg import errors

from kalends.accounts import queries
from kalends.accounts.claim_link import Claim, read_token
from kalends.accounts.refusals import ConfirmationClosed, ConfirmationInvalid, EmailTaken
from kalends.accounts.user import User
from kalends.db.database import Connection, UnitOfWork
from kalends.security.secret import signing_key
from kalends.settings import Settings


class ClaimState(Enum):
    """How it stands with an address that was asked for."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    TAKEN = "taken"
    """Another account has proven it meanwhile."""

    CLOSED = "closed"
    """Nobody waits for it any more, or the time of the link is over."""


@dataclass(frozen=True, slots=True)
class FoundClaim:
    """An address that an account asked for, as its link finds it."""

    user: User
    address: str
    state: ClaimState


async def find(connection: Connection, settings: Settings, token: str, *, now: datetime) -> FoundClaim:
    """Return what a link asks to confirm.

    Raises:
        ConfirmationInvalid: it is none of this server's, or its account is gone.
    """
    claim = read_token(signing_key(settings), token)
    user = None if claim is None else await queries.find_user(connection, claim.user_id)
    if claim is None or user is None:
        raise ConfirmationInvalid
    return FoundClaim(user, claim.address, await _state(connection, claim, user, now))


async def confirm(work: UnitOfWork, settings: Settings, token: str, *, now: datetime) -> FoundClaim:
    """Let an account have the address that it waits for: whoever has the link read the mail to it.

    Raises:
        ConfirmationInvalid: the link is none of this server's, or its account is gone.
        ConfirmationClosed: the account does not wait for the address, or the time of the link is over.
        EmailTaken: another account was faster.
    """
    found = await find(work.connection, settings, token, now=now)
    if found.state is ClaimState.TAKEN:
        raise EmailTaken
    try:
        is_confirmed = found.state is ClaimState.OPEN and await queries.confirm_pending(
            work, found.user.id, found.address, now
        )
    except errors.UniqueViolation as error:
        raise EmailTaken from error
    if not is_confirmed:
        raise ConfirmationClosed
    await queries.drop_claims(work, found.address, besides=found.user.id)
    return replace(found, state=ClaimState.CONFIRMED)


async def settle(work: UnitOfWork, settings: Settings, token: str, *, now: datetime) -> FoundClaim:
    """Return what a link that was refused finds; an account waits no more for what another has proven.

    Raises:
        ConfirmationInvalid: it is none of this server's, or its account is gone.
    """
    found = await find(work.connection, settings, token, now=now)
    if found.state is ClaimState.TAKEN:
        await queries.drop_claim(work, found.user.id, found.address)
    return found


async def _state(connection: Connection, claim: Claim, user: User, now: datetime) -> ClaimState:
    if user.verified_email is not None and user.verified_email.lower() == claim.address.lower():
        return ClaimState.CONFIRMED
    if await queries.has_verified(connection, claim.address, besides=user.id):
        return ClaimState.TAKEN
    waits = user.pending_email is not None and user.pending_email.lower() == claim.address.lower()
    return ClaimState.OPEN if waits and now < claim.expires_at and not user.is_locked else ClaimState.CLOSED
