"""Why there is no answer."""

from typing import Literal

Kind = Literal["dns", "blocked_address", "connect", "tls", "timeout", "protocol"]


class Unreachable(Exception):
    """There was no answer; `kind` tells how far it came, the message what went wrong, in words for users."""

    def __init__(self, kind: Kind, detail: str) -> None:
        super().__init__(detail)
        self.kind: Kind = kind
