"""How long requests may take, and how much they may bring."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of what one `Outgoing` does."""

    connect_seconds: float = 5.0
    """From the look-up of the name to the end of the TLS handshake."""

    total_seconds: float = 15.0
    """From the beginning to the last byte of the answer, redirects included."""

    most_answer_bytes: int = 10 * 2**20
    """Of the body of an answer to a client, as it came and after decompression."""

    redirects: int = 5
    """How many are followed, where they are asked for."""

    connections: int = 10
    """Of one client at once."""

    idle_connections: int = 5
    """Those that a client keeps for its next requests."""

    idle_seconds: float = 15.0
    """How long it keeps them."""

    lookups: int = 64
    """Look-ups of names at once."""

    lookups_of_one_owner: int = 4
