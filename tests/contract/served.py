"""The OpenAPI document of our server."""

from functools import cache

from kalends.app import create_api
from kalends.settings import Settings
from tests.contract.document import Document, read_document


@cache
def served() -> Document:
    """Return the operations that the server documents, without starting it."""
    return read_document(create_api(Settings()).openapi())
