"""Why an OAuth client cannot be changed."""

from kalends.api.output.errors import NotFound


class ClientGone(NotFound):
    """404: the OAuth client was deleted while the request was on its way."""

    def __init__(self, client_id: str) -> None:
        super().__init__(f"The OAuth client {client_id!r} was deleted meanwhile.")
