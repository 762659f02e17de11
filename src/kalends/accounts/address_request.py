"""Asking for another address: it waits, and the one before counts, until its holder confirms it by mail."""

from dataclasses import replace
from datetime import datetime, timedelta

from kalends.accounts import queries, service
from kalends.accounts.claim_link import PATH, Claim, token_of
from kalends.accounts.refusals import UnknownAccount
from kalends.accounts.user import User, UserChanges
from kalends.api.input.changes import UNSET
from kalends.db.database import UnitOfWork
from kalends.notifications.letters.address_change import AddressChange, queue_address_change
from kalends.notifications.mail import Recipient
from kalends.security.secret import signing_key
from kalends.settings import Settings

_AN_HOUR = timedelta(hours=1)


async def update_own_account(
    work: UnitOfWork, settings: Settings, user: User, changes: UserChanges, *, now: datetime
) -> User:
    """Apply a user's changes to their own account; a new address waits until its holder confirms it.

    The one before again drops what waits. Whoever has proven no address confirms even that one.

    Raises:
        EmailTaken: another account has proven the address.
        UnknownSchedule, ScheduleOfAnotherUser: the new default schedule is not one of theirs.
        AccountGone: it was deleted meanwhile.
    """
    if changes.email is UNSET or user.oauth_client_id is not None:
        # The client of a managed user vouches for the address, which has its id.
        return await service.update_user(work, user, changes)
    claimed = changes.email
    if user.verified_email is not None and user.verified_email.lower() == claimed.lower():
        # Only capitals may differ.
        email = UNSET if claimed == user.email else claimed
        return await service.update_user(work, user, replace(changes, email=email, pending_email=None))
    await service.check_address_is_free(work.connection, claimed, user_id=user.id)
    changes = replace(changes, email=UNSET, pending_email=claimed)
    changed = await service.update_user(work, user, changes)
    await _ask(work, settings, changed, claimed, now=now)
    return changed


async def set_address(
    work: UnitOfWork, settings: Settings, user_id: int, claimed: str, *, now: datetime
) -> None:
    """Let an account of an organization have an address that an administrator typed.

    In place of a proven one it waits until its holder confirms it.

    Raises:
        EmailTaken: another account has proven the address.
        UnknownAccount: there is no such account.
    """
    # Whoever confirms another address meanwhile would else lend their proof to this one.
    user = await queries.find_locked(work, user_id)
    if user is None:
        raise UnknownAccount(str(user_id))
    if user.verified_email is not None:
        await update_own_account(work, settings, user, UserChanges(email=claimed), now=now)
        return
    await service.check_address_is_free(work.connection, claimed, user_id=user.id)
    await service.update_user(work, user, UserChanges(email=claimed, pending_email=None))


async def _ask(work: UnitOfWork, settings: Settings, user: User, claimed: str, *, now: datetime) -> None:
    """Mail the confirmation of an address to it, and tell the one before; so many times an hour."""
    number = await queries.note_confirmation(
        work, user.id, now=now, since=now - _AN_HOUR, most=settings.confirmation_mails_an_hour
    )
    if number is None:
        return
    expires_at = now + timedelta(hours=settings.confirmation_hours)
    token = token_of(signing_key(settings), Claim(user.id, claimed, expires_at))
    change = AddressChange(
        cause=f"address:{user.id}:{now.isoformat()}:{number}",
        account_id=user.id,
        before=_recipient(user.display_name, user.email, user),
        # It may be a stranger's, who is to read nothing that whoever asks has written.
        after=_recipient("", claimed, user),
        url=f"{settings.base_url}{PATH}?token={token}",
        asked_at=now,
        expires_at=expires_at,
    )
    await queue_address_change(work, settings, change)


def _recipient(name: str, email: str, user: User) -> Recipient:
    return Recipient(name, email, user.locale, user.time_zone, clock=user.time_format)
