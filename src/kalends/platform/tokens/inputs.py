"""The wire of tokens, in (platform.md 5)."""

from kalends.api.input.fields import Text
from kalends.api.wire import MaskedBody


class RefreshTokenBody(MaskedBody):
    """The refresh token that is to be replaced."""

    refresh_token: Text


class ExchangeBody(MaskedBody):
    """The secret of the client that has a code."""

    client_secret: Text
