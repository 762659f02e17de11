"""Attendees who are users of the host's OAuth client: they attend by the address that it knows them by."""

from dataclasses import replace

from kalends.accounts import service as accounts
from kalends.bookings.actors import Actor
from kalends.bookings.booking import Attendee, Standing
from kalends.bookings.draft.draft import Draft, standing_of
from kalends.db.database import Connection


async def with_managed_addresses(connection: Connection, draft: Draft, actor: Actor) -> Draft:
    """Return a draft in which attendees have the addresses of managed users who they are.

    So a client finds bookings of its users whatever form of their address was typed (bookings.md 2.4). Of a
    guest who is named twice, once in each form, the first stays.
    """
    client_id = draft.organizer.oauth_client_id
    if client_id is None:
        return draft
    sent = [draft.booker.email, *(guest.email for guest in draft.guests)]
    managed = await accounts.list_managed_addresses(connection, client_id, sent)
    if not managed:
        return draft
    booker = _known(draft.booker, managed, actor, Standing.BOOKER)
    guests: dict[str, Attendee] = {}
    for guest in draft.guests:
        known = _known(guest, managed, actor, Standing.GUEST)
        guests.setdefault(known.email.lower(), known)
    responses = {**draft.responses, "email": booker.email}
    if isinstance(responses.get("guests"), list):
        named = [managed.get(email, email) for email in responses["guests"]]
        responses["guests"] = list({email.lower(): email for email in reversed(named)}.values())[::-1]
    return replace(draft, booker=booker, guests=tuple(guests.values()), responses=responses)


def _known(attendee: Attendee, managed: dict[str, str], actor: Actor, standing: Standing) -> Attendee:
    email = managed.get(attendee.email)
    if email is None:
        return attendee
    return replace(attendee, email=email, standing=standing_of(actor, email, standing))
