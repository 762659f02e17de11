"""Deleting an account and everything that exists only because of it."""

from datetime import datetime

from kalends.accounts import queries
from kalends.accounts.refusals import AccountGone
from kalends.accounts.user import User
from kalends.bookings.commands.depart import cancel_bookings_of
from kalends.db.database import UnitOfWork
from kalends.db.locks import lock_hosts
from kalends.webhooks.deliveries.following import Follower
from kalends.webhooks.farewell.service import tell_last

REASON = "The account of the host was deleted."
"""The cancellation reason of bookings whose only host had the account."""


async def delete_account(work: UnitOfWork, user: User, *, site: str, now: datetime) -> int:
    """Cancel the bookings that only this account hosts and that have not ended, notify everybody, delete it.

    With it go its memberships, profiles, keys, schedules, event types, webhooks, absences, and all bookings
    that it hosted; those that it attends stay. Return how many bookings were cancelled. `site` is the address
    of the booking pages, which webhooks are told.

    Raises:
        AccountGone: somebody else deleted it meanwhile.
    """
    # The locks of other commands, in their order: what they have begun is done, and nothing new begins.
    await queries.lock_event_types(work, user.id)
    await lock_hosts(work, [user.id])
    await queries.lock_belongings(work, user.id)
    if not await queries.lock_user(work, user.id):
        raise AccountGone(user.email)
    count = await cancel_bookings_of(work, user.id, REASON, now=now)
    await tell_last(work, Follower(site), user.id, now=now)
    await queries.delete_user(work, user.id)
    return count
