"""What operations that look after the server refuse."""

from kalends.api.output.errors import ServiceUnavailable


class NoConnection(ServiceUnavailable):
    """503: the database gave no connection in time."""

    def __init__(self, patience_seconds: float) -> None:
        super().__init__(f"Not ready: no connection to the database within {patience_seconds:.0f} seconds.")


class ConnectionBroken(ServiceUnavailable):
    """503: the connection to the database broke."""

    message = "Not ready: the connection to the database broke."
