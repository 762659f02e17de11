"""The wire of tokens, out (platform.md 1.3)."""

from typing_extensions import TypedDict

from kalends.platform.tokens.keys import Keys, epoch_ms


class KeysOutput(TypedDict):
    """A pair of tokens; expiries are in milliseconds since 1970."""

    accessToken: str
    refreshToken: str
    accessTokenExpiresAt: int
    refreshTokenExpiresAt: int


def keys_output(keys: Keys) -> KeysOutput:
    """Show a pair of tokens."""
    return {
        "accessToken": keys.access_token,
        "refreshToken": keys.refresh_token,
        "accessTokenExpiresAt": epoch_ms(keys.access_expires_at),
        "refreshTokenExpiresAt": epoch_ms(keys.refresh_expires_at),
    }
