"""Addresses of the pages."""

from urllib.parse import quote, urlencode

from kalends.web.visit import Visit


def page_of(uid: str, part: str = "", **query: str | None) -> str:
    """Return the path of a booking's page, or of a part of it, with what of the query is given."""
    path = f"/booking/{quote(uid, safe='')}" + (f"/{part}" if part else "")
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def same_page(visit: Visit, part: str = "", **query: str | None) -> str:
    """Return the address of a part of the same booking, for the same visitor and in the same zone."""
    arrival = visit.arrival
    return page_of(visit.booking.uid, part, token=arrival.token, zone=arrival.zone, **query)
