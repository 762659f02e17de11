"""The OpenAPI document of our server."""

from functools import cache

from pydantic import SecretStr

from kalends.app import create_api
from kalends.settings import Settings
from tests.contract.document import Document, read_document


@cache
def served() -> Document:
    """Return the operations that the server documents, without starting it or its database."""
    settings = Settings(database_url=SecretStr("postgresql://nowhere.invalid/kalends"))
    return read_document(create_api(settings).openapi())
