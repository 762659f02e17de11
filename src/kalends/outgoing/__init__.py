"""The one way out of the house: to addresses of the open internet, and for a bounded time.

A name is resolved once for each connection, every address of it is judged, and the connection goes to one of
the addresses that were judged. So neither a name that points inwards nor one that changes its mind between
two look-ups leads into the network of the server.
"""

from kalends.outgoing.failure import Unreachable
from kalends.outgoing.limits import Limits
from kalends.outgoing.outgoing import Outgoing
from kalends.outgoing.posting import Answer
from kalends.outgoing.url import InvalidUrl, parse_url

__all__ = ["Answer", "InvalidUrl", "Limits", "Outgoing", "Unreachable", "parse_url"]
