"""The wire of API keys: answers (platform.md 2)."""

from typing_extensions import TypedDict

from kalends.auth.service import NewApiKey


class ApiKeyOutput(TypedDict):
    """A new key, shown once."""

    apiKey: str


def api_key_output(created: NewApiKey) -> ApiKeyOutput:
    """Show a new key."""
    return {"apiKey": created.api_key}
