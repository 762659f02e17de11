"""The outermost layer: what holds for every request and answer, including unknown routes and bugs."""

import re
from collections.abc import Callable, Sequence

import structlog
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kalends.api.http.body import read_json
from kalends.api.http.context import RequestContext, attach
from kalends.api.input.ignored import HEADER, header_value
from kalends.api.output import envelope
from kalends.api.output.errors import DomainError, ServiceUnavailable, TooManyRequests, Unauthorized
from kalends.api.output.failures import refusal_of

_log = structlog.get_logger(__name__)

_REQUEST_HEADERS = (
    b"x-cal-client-id",
    b"x-cal-secret-key",
    b"x-cal-platform-embed",
    b"cal-api-version",
    b"Idempotency-Key",
    b"Accept",
    b"Authorization",
    b"Content-Type",
    b"Origin",
)

_EXPOSED_HEADERS = (
    b"X-Request-Id",
    b"X-RateLimit-Limit",
    b"X-RateLimit-Remaining",
    b"X-RateLimit-Reset",
    b"X-RateLimit-Limit-Default",
    b"X-RateLimit-Remaining-Default",
    b"X-RateLimit-Reset-Default",
    b"Retry-After",
    b"Idempotency-Replayed",
    HEADER.encode(),
)

_IGNORED = HEADER.lower().encode()

CONTENT_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'; object-src 'none'"
)
"""What the answers may load and where their forms may lead; an answer may have another policy of its own."""

_POLICY = b"content-security-policy"

_PREFLIGHT_HEADERS = [
    (b"content-length", b"0"),
    (b"access-control-allow-methods", b"GET,PATCH,DELETE,HEAD,POST,PUT,OPTIONS"),
    (b"access-control-allow-headers", b",".join(_REQUEST_HEADERS)),
    (b"access-control-max-age", b"86400"),
]

_COMMON_HEADERS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b",".join(_EXPOSED_HEADERS)),
    (_POLICY, CONTENT_POLICY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"origin-agent-cluster", b"?1"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=15552000; includeSubDomains"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-dns-prefetch-control", b"off"),
    (b"x-download-options", b"noopen"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"x-permitted-cross-domain-policies", b"none"),
    (b"x-xss-protection", b"0"),
]

_WITHOUT_POLICY = [(name, value) for name, value in _COMMON_HEADERS if name != _POLICY]

_CHALLENGE = 'Bearer realm="Kalends"'
"""Which credential is asked for (RFC 6750, section 3)."""

_FIRST_SERVER_ERROR = 500

_METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_ORGANIZATIONS_ALIAS = re.compile(r"/v2/orgs(?=[/?]|$)")

Allowance = Callable[[Scope], Sequence[tuple[bytes, bytes]]]
"""The rate-limit headers of an answer to a request that was not counted."""


def no_allowance(_scope: Scope) -> Sequence[tuple[bytes, bytes]]:
    """Return no headers: nothing is limited."""
    return ()


class Edge:
    """Answer preflights, read bodies, rewrite aliases, name each request, and add the common headers."""

    def __init__(self, app: ASGIApp, allowance: Allowance = no_allowance) -> None:
        self._app = app
        self._allowance = allowance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent_url = _url_of(scope)
        context = RequestContext(sent_url=sent_url, url=rewritten(sent_url))
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                counted = context.rate_headers
                rate_headers = self._allowance(scope) if counted is None else counted
                own = message.get("headers", ())
                has_policy = any(name == _POLICY for name, _ in own)
                common = _WITHOUT_POLICY if has_policy else _COMMON_HEADERS
                headers = [*own, *common, *rate_headers]
                headers.append((b"x-request-id", context.request_id.encode()))
                if context.ignored:
                    headers.append((_IGNORED, header_value(context.ignored)))
                message = {**message, "headers": headers}
            await send(message)

        if scope["method"] == "OPTIONS":
            await send_with_headers(
                {"type": "http.response.start", "status": 204, "headers": _PREFLIGHT_HEADERS}
            )
            await send({"type": "http.response.body", "body": b""})
            return
        inner = {**scope, **_split(context.url)}
        attach(inner, context)
        try:
            if scope["method"] in _METHODS_WITH_BODY:
                context.json = await read_json(Headers(scope=scope), receive)
            await self._app(inner, receive, send_with_headers)
        except Exception as error:  # noqa: BLE001 - the server's boundary: each failure ends in an envelope
            refusal = refusal_of(error)
            if refusal is None:
                _log.exception("request failed", request_id=context.request_id, method=scope["method"])
            elif refusal.status >= _FIRST_SERVER_ERROR:
                _log.warning("request refused", request_id=context.request_id, error=str(error))
            if not started:
                await _failure(inner, context, refusal)(scope, receive, send_with_headers)


def _failure(scope: Scope, context: RequestContext, refusal: DomainError | None) -> Response:
    if context.show_failure is not None:
        response = context.show_failure(scope, refusal)
    else:
        response = envelope.failure(refusal, context.url) if refusal else envelope.bug(context.url)
    if isinstance(refusal, Unauthorized):
        response.headers["WWW-Authenticate"] = _CHALLENGE
    if isinstance(refusal, ServiceUnavailable | TooManyRequests) and refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def rewritten(url: str) -> str:
    """Return path and query after the aliases (http-core.md 1): case-sensitive, in order."""
    if url.startswith("/api/v2"):
        url = url[len("/api") :]
    if url.startswith("/v2/ee"):
        url = "/v2" + url[len("/v2/ee") :]
    if _ORGANIZATIONS_ALIAS.match(url):
        url = "/v2/organizations" + url[len("/v2/orgs") :]
    return url.replace("reccuring", "recurring", 1)


def _url_of(scope: Scope) -> str:
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope.get("query_string", b"")
    return (path + b"?" + query if query else path).decode("latin-1")


def _split(url: str) -> dict[str, object]:
    path, _, query = url.partition("?")
    return {"raw_path": path.encode("latin-1"), "path": path, "query_string": query.encode("latin-1")}
