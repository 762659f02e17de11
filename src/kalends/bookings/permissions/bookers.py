"""Who may book an event type, and how many bookings they may have before them."""

from datetime import datetime

from kalends.access.administration import administers
from kalends.bookings.access import is_same_address
from kalends.bookings.actors import Actor
from kalends.bookings.booking import Booking
from kalends.bookings.permissions.refusals import BookerLimitReached, CredentialNeeded, NotAllowedToBook
from kalends.bookings.sql import reads
from kalends.db.database import Connection, UnitOfWork
from kalends.event_types.event_type import EventType
from kalends.event_types.owner import UserOwner


async def check_may_book(connection: Connection, actor: Actor, event_type: EventType) -> None:
    """Check that somebody may book an event type at all.

    Raises:
        CredentialNeeded: it needs a credential, and there is none.
        NotAllowedToBook: they are neither its owner nor an administrator of the owner's organization or team.
    """
    if not event_type.booking_requires_authentication:
        return
    if actor.user_id is None:
        raise CredentialNeeded
    if event_type.is_owned_by(actor.user_id) or actor.is_system_admin:
        return
    owner = event_type.owner
    user_id, team_id = (owner.user.id, None) if isinstance(owner, UserOwner) else (None, owner.team.id)
    if not await administers(connection, actor.user_id, user_id=user_id, team_id=team_id):
        raise NotAllowedToBook


async def check_booker_limit(
    work: UnitOfWork, actor: Actor, event_type: EventType, email: str, *, wanted: int, now: datetime
) -> None:
    """Check that a booker may have as many bookings more as are `wanted`.

    The caller has locked the time, so that nobody else counts meanwhile.

    Raises:
        BookerLimitReached: with these they would have more than the event type allows.
    """
    limit = event_type.booker_active_bookings_limit
    if limit is None:
        return
    active = await reads.list_active_of_booker(work.connection, event_type.id, email, now, most=limit.most)
    if len(active) + wanted <= limit.most:
        return
    # The uid gives power over the booking, and an address alone proves nothing.
    is_known = event_type.is_owned_by(actor.user_id or 0) or is_same_address(actor.verified_email, email)
    may_move = limit.offers_reschedule and is_known and active
    raise BookerLimitReached(limit, active[0] if may_move else None)


async def check_booker_limit_of_moved(
    work: UnitOfWork, actor: Actor, event_type: EventType, booking: Booking, email: str, *, now: datetime
) -> None:
    """Check that a booker may have a booking that is moved: what is over, or cancelled, counts anew.

    Raises:
        BookerLimitReached: with it they would have more than the event type allows.
    """
    is_counted = booking.end > now and not booking.status.is_final
    if not is_counted:
        await check_booker_limit(work, actor, event_type, email, wanted=1, now=now)
