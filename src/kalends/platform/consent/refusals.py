"""Why nobody is asked for consent, or a consent cannot be given."""

from kalends.api.output.errors import BadRequest, Gone, NotFound, Unauthorized


class ApplicationUnknown(NotFound):
    """404: there is no OAuth client with this id."""

    message = "There is no such OAuth client."


class RedirectForeign(BadRequest):
    """400: the address to go back to is none of the OAuth client's redirect URIs."""

    message = "redirectUri: it must be one of the redirect URIs of the OAuth client."


class ConsentUnknown(NotFound):
    """404: there is no question that this link is for."""

    message = "There is no such link."


class ConsentClosed(Gone):
    """410: the link was used, its time is over, or what was asked is not possible any more."""

    message = "This link was used already, or its time is over."


class SessionNeeded(Unauthorized):
    """401: only a web session may do this, and this server has none; there is a page instead."""

    message = "There are no web sessions here; open this address in a browser instead."
