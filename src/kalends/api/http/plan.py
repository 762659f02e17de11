"""How an operation is called: its tree of dependencies as a list of calls, made when the server starts.

A request goes through these steps; each refuses by raising, and the rest is then not done:

1. Guards: the dependencies of the handler in the order of its parameters, each after those that it asks for
   itself, and each once, however many ask for it. A path parameter is read by the guard that asks for it.
2. What the client sent: the handler's queries, then its path parameters, then its body.
3. What the handler has opened, a `Work` or a `Reader`; it is closed before the answer leaves.
4. The handler, once for each `Idempotency-Key` where the operation takes one.

A guard may have something opened too; it is closed as soon as the guard returns, so that its connection is
given back before the handler takes one.
"""

import inspect
from collections.abc import Awaitable, Callable, Hashable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

from fastapi import Request, Response
from pydantic import BaseModel, ValidationError

from kalends.api import idempotency
from kalends.api.http.body import require_json
from kalends.api.http.context import context_of
from kalends.api.http.fastapi_internals import Dependant, ModelField
from kalends.api.input.ignored import ignored_names, known_names
from kalends.api.input.query import Query
from kalends.api.input.validation import invalid, invalid_path
from kalends.db.database import UnitOfWork

_REQUEST = 0
"""The position of the request itself among the values of a request."""

_UNSUPPORTED = {
    "query_params": "reads its query by a model, as Annotated[Model, Depends(Query(Model))]",
    "header_params": "reads headers from the request",
    "cookie_params": "reads cookies from the request",
    "response_param_name": "cannot take a response",
    "background_tasks_param_name": "cannot take background tasks",
    "security_scopes_param_name": "cannot take security scopes",
    "own_oauth_scopes": "cannot have security scopes",
    "concurrency": "cannot be limited in how often it runs",
    "http_connection_param_name": "takes a Request",
    "websocket_param_name": "takes a Request",
}


class UncallableOperation(TypeError):
    """An operation that cannot be called as it is declared; the message names it and says what is wrong."""


Values = list[Any]
"""The request, and what each call returned."""


@dataclass(frozen=True, slots=True)
class _Opening:
    """Something that is open while the function that asks for it as `parameter` runs."""

    parameter: str
    open: Callable[..., AbstractAsyncContextManager[Any]]
    taken: tuple[tuple[str, int], ...]

    def opened(self, values: Values) -> AbstractAsyncContextManager[Any]:
        return self.open(**{parameter: values[place] for parameter, place in self.taken})


@dataclass(frozen=True, slots=True)
class _Call:
    """The call of a guard or a handler: `taken` says which parameter is which of the values."""

    function: Callable[..., Awaitable[Any]]
    taken: tuple[tuple[str, int], ...]
    in_path: tuple[ModelField, ...]
    opening: _Opening | None

    def arguments(self, values: Values) -> dict[str, Any]:
        """Return the arguments but for what is opened.

        Raises:
            InvalidPath: a path parameter is malformed.
        """
        arguments = {parameter: values[place] for parameter, place in self.taken}
        if self.in_path:
            _read_path(values[_REQUEST], self.in_path, arguments)
        return arguments

    async def run(self, values: Values) -> Any:
        arguments = self.arguments(values)
        if self.opening is None:
            return await self.function(**arguments)
        async with self.opening.opened(values) as opened:
            arguments[self.opening.parameter] = opened
            return await self.function(**arguments)


@dataclass(frozen=True, slots=True)
class _Body:
    """The body that a handler takes as `parameter`."""

    parameter: str
    model: type[BaseModel]

    async def read(self, request: Request) -> BaseModel:
        await require_json(request.headers, request.receive)
        raw = context_of(request.scope).json
        try:
            return self.model.model_validate(raw)
        except ValidationError as error:
            raise invalid(self.model, raw, error.errors(include_url=False)) from error


@dataclass(frozen=True, slots=True)
class Plan:
    """How one operation is called.

    `show` makes the answer of what the handler returns; `takes_key` says that `Idempotency-Key` counts.
    `_known` are the members that its query may have; None: others are refused, or not looked at.
    """

    show: Callable[[Any], Response]
    takes_key: bool
    _guards: tuple[_Call, ...]
    _handler: _Call
    _body: _Body | None
    _known: frozenset[str] | None

    @property
    def takes_body(self) -> bool:
        """Whether the handler takes a body."""
        return self._body is not None

    @property
    def ignores_unknown(self) -> bool:
        """Whether members of the query that nothing asks for are named in the answer, and else ignored."""
        return self._known is not None

    async def answer(self, request: Request) -> Response:
        """Answer a request.

        Raises:
            DomainError: a guard, the validation or the handler refuses it.
        """
        query: bytes = request.scope["query_string"]
        if query and self._known is not None:
            context_of(request.scope).ignored = ignored_names(query, self._known)
        values: Values = [request]
        for guard in self._guards:
            values.append(await guard.run(values))
        arguments = self._handler.arguments(values)
        if self._body is not None:
            arguments[self._body.parameter] = await self._body.read(request)
        opening = self._handler.opening
        if opening is None:
            return await self._handle(request, arguments, None)
        async with opening.opened(values) as opened:
            arguments[opening.parameter] = opened
            return await self._handle(request, arguments, opened)

    async def _handle(self, request: Request, arguments: Mapping[str, Any], opened: object) -> Response:
        if not self.takes_key or idempotency.HEADER not in request.headers:
            return self.show(await self._handler.function(**arguments))
        work = opened if isinstance(opened, UnitOfWork) else None
        return await idempotency.answer_once(request, work, partial(self._shown, arguments))

    async def _shown(self, arguments: Mapping[str, Any]) -> Response:
        return self.show(await self._handler.function(**arguments))


def compile_plan(
    operation: str,
    dependant: Dependant,
    show: Callable[[Any], Response],
    *,
    takes_key: bool,
    is_page: bool = False,
) -> Plan:
    """Return the plan of an operation; `operation` is its method and path, for the refusal.

    A page reads its query itself.

    Raises:
        UncallableOperation: it asks for something in a way that this module does not know.
    """
    compiler = _Compiler(operation, dependant.path or "")
    body = compiler.body_of(dependant)
    handler = compiler.call_of(dependant)
    known = None if is_page else known_names(compiler.queries)
    return Plan(show, takes_key, tuple(compiler.calls), handler, body, known)


class _Compiler:
    """Turns the dependency tree of an operation into calls; `calls` are those before the handler,
    `queries` what reads the query."""

    def __init__(self, operation: str, path: str) -> None:
        self._operation = operation
        self._path = path
        self._places: dict[Callable[..., Any], int] = {}
        self.calls: list[_Call] = []
        self.queries: list[Query[Any]] = []

    def call_of(self, dependant: Dependant) -> _Call:
        """Return the call of a guard or handler, after adding those that it needs."""
        function = dependant.call
        if function is None or not _is_coroutine_function(function):
            self._refuse(dependant, "must be an async function, or an object whose __call__ is one")
        self._check(dependant)
        guards: list[Dependant] = []
        queries: list[Dependant] = []
        generators: list[Dependant] = []
        for dependency in dependant.dependencies:
            if isinstance(dependency.call, Query):
                queries.append(dependency)
                self.queries.append(dependency.call)
            elif inspect.isasyncgenfunction(dependency.call):
                generators.append(dependency)
            else:
                guards.append(dependency)
        if len(generators) > 1:
            self._refuse(dependant, "asks for two things to be opened; a request has one connection at most")
        taken = self._taken(dependant, guards)
        opening = self._opening_of(generators[0]) if generators else None
        taken += self._taken(dependant, queries)
        if dependant.request_param_name is not None:
            taken.append((dependant.request_param_name, _REQUEST))
        return _Call(function, tuple(taken), tuple(dependant.path_params), opening)

    def body_of(self, handler: Dependant) -> _Body | None:
        """Return the body that the handler takes, if any."""
        if not handler.body_params:
            return None
        body = handler.body_params[0]
        model: object = body.field_info.annotation
        is_only = body.field_info.is_required() and len(handler.body_params) == 1
        if not (is_only and isinstance(model, type) and issubclass(model, BaseModel)):
            self._refuse(handler, "takes one body at most, which is a model of JSON and has no default")
        return _Body(body.name, model)

    def _taken(self, asking: Dependant, dependencies: list[Dependant]) -> list[tuple[str, int]]:
        places = [(dependency.name, self._place_of(dependency)) for dependency in dependencies]
        return [(name, place) for name, place in places if name is not None]

    def _place_of(self, dependency: Dependant) -> int:
        """Return the position of a dependency's value, adding its call if it is the first to need it."""
        function = dependency.call
        if function is None or not isinstance(function, Hashable):
            self._refuse(dependency, "must be hashable, to be called once a request")
        if function not in self._places:
            if dependency.body_params:
                self._refuse(dependency, "cannot take a body, which is for the handler")
            self.calls.append(self.call_of(dependency))
            self._places[function] = len(self.calls)
        return self._places[function]

    def _opening_of(self, generator: Dependant) -> _Opening:
        call, name = generator.call, generator.name
        self._check(generator)
        if call is None or name is None or generator.scope != "function":
            self._refuse(
                generator, "is closed before the answer leaves; say so: Depends(…, scope='function')"
            )
        nested = [one for one in generator.dependencies if inspect.isasyncgenfunction(one.call)]
        if nested or generator.path_params or generator.body_params:
            self._refuse(generator, "cannot take anything opened, path parameters or a body")
        taken = self._taken(generator, generator.dependencies)
        if generator.request_param_name is not None:
            taken.append((generator.request_param_name, _REQUEST))
        return _Opening(name, asynccontextmanager(call), tuple(taken))

    def _check(self, dependant: Dependant) -> None:
        for attribute, rule in _UNSUPPORTED.items():
            if getattr(dependant, attribute):
                self._refuse(dependant, rule)
        if not dependant.use_cache:
            self._refuse(dependant, "is called once a request; leave use_cache out")
        for field in dependant.path_params:
            if f"{{{field.alias}}}" not in self._path:
                self._refuse(dependant, f"asks for {field.alias}, which is not in the path")

    def _refuse(self, dependant: Dependant, rule: str) -> NoReturn:
        name = getattr(dependant.call, "__qualname__", None) or type(dependant.call).__qualname__
        raise UncallableOperation(f"{self._operation}: {name} {rule}.")


def _read_path(request: Request, fields: tuple[ModelField, ...], arguments: dict[str, Any]) -> None:
    errors: list[Any] = []
    sent = request.path_params
    for field in fields:
        arguments[field.name], found = field.validate(sent[field.alias], loc=("path", field.alias))
        errors.extend(found)
    if errors:
        raise invalid_path(errors)


def _is_coroutine_function(function: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)
