"""Which handler answers a request: by method, path and `cal-api-version`.

The rule (DESIGN, section 4): for a path and method the newest handler that is not newer than the date
asked for, else the oldest there is. A path that exists with other methods only is a 404, not a 405.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import unquote_to_bytes

from fastapi import APIRouter, Request, Response
from fastapi.datastructures import DefaultPlaceholder
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from fastapi.utils import create_model_field
from starlette.datastructures import QueryParams
from starlette.types import Receive, Scope, Send

from kalends.api.context import RequestContext, ShowFailure, context_of
from kalends.api.errors import BadRequest, NotFound
from kalends.api.flat import flat_handler
from kalends.api.idempotency import answered_once
from kalends.api.openapi import describe_operation

VERSION_HEADER = b"cal-api-version"

OLDEST = date(2024, 4, 15)
"""The version of handlers that answer for every date."""


_NO_PARAMETERS = QueryParams()


class ApiRequest(Request):
    """A request of the API: its query is read by `api.query`, and it has no cookies.

    FastAPI looks at both once for every dependency, whether or not anything asks for them.
    """

    @property
    def query_params(self) -> QueryParams:
        """Return nothing."""
        return _NO_PARAMETERS

    @property
    def cookies(self) -> dict[str, str]:
        """Return nothing."""
        return {}


class ParsedRequest(ApiRequest):
    """A request whose body the edge has read already, by its own rules of content types."""

    def __init__(self, request: Request) -> None:
        # FastAPI asks for `json` when there is no content type, and for raw bytes when it is another one.
        headers = [header for header in request.scope["headers"] if header[0] != b"content-type"]
        super().__init__({**request.scope, "headers": headers}, request.receive)

    async def body(self) -> bytes:
        """Return a placeholder: any non-empty text makes FastAPI ask for `json`."""
        return b"{}"

    async def json(self) -> Any:
        """Return the parsed body."""
        return context_of(self.scope).json


class Route(APIRoute):
    """One operation of the API in one version."""

    version: date = OLDEST
    is_version_required: bool = False
    is_counted: bool = True
    show_failure: ShowFailure | None = None
    answer_model: Any = None

    def document_answer(self) -> None:
        """Build the schema of the answers, which nothing but the document needs and which takes a while."""
        if self.answer_model is not None and self.response_field is None:
            name = f"Response_{self.unique_id}"
            self.response_field = create_model_field(name, self.answer_model, mode="serialization")

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, fed with the parsed body if it takes one."""
        self._flat = flat_handler(self.dependant)
        handle = super().get_route_handler()

        async def handle_plain(request: Request) -> Response:
            return await handle(ApiRequest(request.scope, request.receive))

        async def handle_parsed(request: Request) -> Response:
            return await handle(ParsedRequest(request))

        return handle_parsed if self.body_field else handle_plain

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request: straight away where that is possible, else through FastAPI's layers."""
        if self._flat is None:
            await AsyncExitStackMiddleware(self.app)(scope, receive, send)
            return
        response = await self._flat(ApiRequest(scope, receive))
        await response(scope, receive, send)


class Router(APIRouter):
    """The operations of one resource in one version.

    `version` is the date of its handlers; with `version_is_required` a request without the header is
    refused, because the shapes of older dates are not those that the header's absence stands for.
    Without `is_counted` its requests pass no rate limit, and nobody looks whose they are. `show_failure`
    answers for what goes wrong, in place of the error envelope.
    """

    def __init__(
        self,
        prefix: str,
        tag: str,
        *,
        version: date = OLDEST,
        version_is_required: bool = False,
        is_counted: bool = True,
        show_failure: ShowFailure | None = None,
    ) -> None:
        super().__init__(
            prefix=prefix, tags=[tag], route_class=Route, redirect_slashes=False, strict_content_type=False
        )
        self._version = version
        self._version_is_required = version_is_required
        self._is_counted = is_counted
        self._show_failure = show_failure

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Add an operation; POST answers 201 unless told otherwise, and once for each `Idempotency-Key`.

        Pages know no such keys: browsers send none, and what a form holds is not JSON.
        """
        if options.get("methods") == ["POST"]:
            options["status_code"] = options.get("status_code") or 201
            if self._show_failure is None:
                endpoint = answered_once(endpoint)
        answer_model = options.pop("response_model", None)
        super().add_api_route(path, endpoint, **options, response_model=None)
        route = self.routes[-1]
        if isinstance(route, Route):
            if not isinstance(answer_model, DefaultPlaceholder):
                route.answer_model = answer_model
            route.version = self._version
            route.is_version_required = self._version_is_required
            route.is_counted = self._is_counted
            route.show_failure = self._show_failure
            describe_operation(route, self._version if self._version_is_required else None)


@dataclass(frozen=True, slots=True)
class _Pattern:
    regex: re.Pattern[str]
    versions: tuple[Route, ...]


class RoutingTable:
    """All operations, indexed once: literal paths by a dictionary, the others by one pattern each."""

    def __init__(self, routes: Iterable[Route]) -> None:
        grouped: dict[tuple[str, str], list[Route]] = defaultdict(list)
        for route in routes:
            for method in route.methods or ():
                grouped[method, route.path.lower()].append(route)
        self._literal: dict[tuple[str, str], tuple[Route, ...]] = {}
        self._patterns: dict[str, list[_Pattern]] = defaultdict(list)
        for (method, path), versions in grouped.items():
            newest_first = tuple(sorted(versions, key=lambda route: route.version, reverse=True))
            if "{" in path:
                regex = _compile(newest_first[0].path)
                self._patterns[method].append(_Pattern(regex, newest_first))
            else:
                self._literal[method, path] = newest_first

    def find(self, method: str, raw_path: str) -> tuple[Sequence[Route], dict[str, str]] | None:
        """Return the versions that serve a path, newest first, and its decoded parameters.

        Raises:
            BadRequest: the path has a malformed percent-escape, or one that stands for a NUL character.
        """
        path = raw_path.rstrip("/") or "/"
        method = "GET" if method == "HEAD" else method
        _decode(path)
        literal = self._literal.get((method, path.lower()))
        if literal is not None:
            return literal, {}
        for pattern in self._patterns[method]:
            match = pattern.regex.fullmatch(path)
            if match is not None:
                return pattern.versions, {name: _decode(value) for name, value in match.groupdict().items()}
        return None


def choose_version(versions: Sequence[Route], asked: date | None) -> Route:
    """Pick from handlers sorted newest first; `asked` is None when the header is absent.

    Raises:
        BadRequest: the header is absent where the operation needs it.
    """
    if asked is None:
        if versions[0].is_version_required:
            dates = ", ".join(sorted(route.version.isoformat() for route in versions))
            raise BadRequest(
                f"The header cal-api-version is required here; versions of this operation: {dates}."
            )
        return versions[-1]
    return next((route for route in versions if route.version <= asked), versions[-1])


def asked_version(scope: Scope) -> date | None:
    """Return the date in `cal-api-version`.

    Raises:
        BadRequest: the header is there and is no calendar date `YYYY-MM-DD`.
    """
    values = [value for name, value in scope["headers"] if name == VERSION_HEADER]
    if not values or not values[0].strip():
        return None
    text = b", ".join(values).decode("latin-1").strip()
    asked = _calendar_date(text)
    if asked is None:
        raise BadRequest(f"The header cal-api-version must be a date such as 2024-08-13, not {text[:40]!r}.")
    return asked


Admission = Callable[[Scope, RequestContext], Coroutine[Any, Any, None]]
"""What a request that counts passes before its handler: rate limit and recognition of API keys."""


class Dispatcher(APIRouter):
    """The application's router: resolve, admit, handle."""

    def __init__(self, routes: Sequence[Route], admit: Admission, **options: Any) -> None:
        super().__init__(redirect_slashes=False, **options)
        self.routes.extend(routes)
        self._table = RoutingTable(routes)
        self._admit = admit

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the server's lifespan."""
        if scope["type"] != "http":
            await self.lifespan(scope, receive, send)
            return
        context = context_of(scope)
        found = self._table.find(scope["method"], scope["raw_path"].decode("latin-1"))
        asked = asked_version(scope) if found is not None else None
        if found is None:
            raise NotFound(f"Cannot {scope['method']} {context.sent_url}")
        versions, parameters = found
        route = choose_version(versions, asked)
        context.show_failure = route.show_failure
        if route.is_counted:
            await self._admit(scope, context)
        scope["path_params"] = parameters
        scope["route"] = route
        scope["endpoint"] = route.endpoint
        await route.serve(scope, receive, send)


def _compile(path: str) -> re.Pattern[str]:
    parts = re.split(r"{(\w+)}", path)
    pattern = "".join(
        f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts)
    )
    return re.compile(pattern, re.IGNORECASE)


def _calendar_date(text: str) -> date | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _decode(text: str) -> str:
    if "%" not in text:
        return text
    if _BAD_ESCAPE.search(text):
        raise BadRequest("The path has a malformed percent-escape.")
    try:
        decoded = unquote_to_bytes(text).decode()
    except UnicodeDecodeError as error:
        raise BadRequest("The path has a percent-escape that is not UTF-8.") from error
    if "\0" in decoded:
        raise BadRequest("The path has a NUL character.")
    return decoded


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
