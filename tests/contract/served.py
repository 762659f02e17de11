"""The OpenAPI document of our server."""

from functools import cache

from pydantic import SecretStr

from kalends.app import Api
from kalends.runtime import make_runtime
from kalends.settings import Settings
from tests.contract.document import Document, read_document


@cache
def served() -> Document:
    """Return the operations that the server documents, without starting it or its database."""
    settings = Settings(database_url=SecretStr("postgresql://nowhere.invalid/kalends"))
    return read_document(Api(make_runtime(settings)).openapi())
