"""What the pages refuse besides what the API does."""

from kalends.api.output.errors import BadRequest, Conflict, Forbidden, Gone
from kalends.localization.language import mark


class LinkInvalid(Forbidden):
    """403: a link that was cut or altered, or is for another booking."""

    message = "This link is not valid."


class NotTheHostsLink(LinkInvalid):
    """403: the link is not for the host, who alone decides about a booking."""

    message = "Only the host of a booking decides about it."


class LockedHostsLink(LinkInvalid):
    """403: the account of the host is locked, so its links do nothing, as its keys do."""

    message = "The account of the host is locked."


class LinkExpired(Gone):
    """410: a link whose time is over."""

    message = "This link has expired."


class NoLongerPart(Gone):
    """410: the holder of the link no longer organizes or attends the booking."""

    message = "You do not organize or attend this booking any more."


class NotPossible(Conflict):
    """409: what the page no longer offers: somebody was faster, or time has passed."""

    message = mark("This is not possible any more; here is how the booking stands now.")


class TimeNotChosen(BadRequest):
    """400: no time was chosen."""

    message = mark("Please choose a time.")


class ReasonTooLong(BadRequest):
    """400: the reason is longer than a page takes."""

    message = mark("The reason is too long.")


class MalformedDate(BadRequest):
    """400: the month or the day of the address is no date, or in a year that no page shows."""

    message = "month must look like 2050-09, day like 2050-09-05."


class UnknownPageZone(BadRequest):
    """400: the time zone of the address is none."""

    def __init__(self, zone: str) -> None:
        super().__init__(f"zone: {zone[:40]!r} is not an IANA time zone such as Europe/Rome.")
