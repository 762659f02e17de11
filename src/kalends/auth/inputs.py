"""The wire of API keys: requests (platform.md 2)."""

from typing import Annotated

from pydantic import Field

from kalends.api.input.fields import Boolean, Integer
from kalends.api.wire import Body
from kalends.auth.service import RefreshApiKey

LONGEST_DAYS_VALID = 36_500


class RefreshApiKeyBody(Body):
    """How long the new key lives; 30 days unless told otherwise."""

    api_key_days_valid: Annotated[Integer, Field(ge=1, le=LONGEST_DAYS_VALID)] | None = None
    api_key_never_expires: Boolean | None = None

    def to_command(self) -> RefreshApiKey:
        """Return the command that this body stands for."""
        return RefreshApiKey(
            days_valid=self.api_key_days_valid, never_expires=self.api_key_never_expires is True
        )
