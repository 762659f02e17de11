"""What the server knows of one request before any handler runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import uuid4

from starlette.responses import Response
from starlette.types import Scope

from kalends.api.output.errors import DomainError

ShowFailure: TypeAlias = Callable[[Scope, DomainError | None], Response]
"""Makes the answer to a request that is refused with an error, or for None to one that met a bug of ours."""

_KEY = "kalends.context"


@dataclass(slots=True)
class RequestContext:
    """One request on its way through the server.

    `sent_url` is path and query as the client wrote them, `url` the same after the rewrites; `json` the
    parsed body, `{}` where there is none; `form` that of a page, once it is read; `rate_headers` those of the
    rate limit, None until it is counted; `client_address` where the request comes from, known once it is
    admitted; `ignored` the members of its query that the operation does not know. `show_failure` belongs to
    routes that answer people instead of programs.
    """

    sent_url: str
    url: str
    request_id: str = field(default_factory=lambda: str(uuid4()))
    json: object = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    rate_headers: list[tuple[bytes, bytes]] | None = None
    credential: object = None
    client_address: str = ""
    ignored: Sequence[str] = ()
    show_failure: ShowFailure | None = None


def attach(scope: Scope, context: RequestContext) -> None:
    """Tie the context to the request's scope."""
    scope[_KEY] = context


def context_of(scope: Scope) -> RequestContext:
    """Return the context of the request that this scope belongs to."""
    context: RequestContext = scope[_KEY]
    return context
