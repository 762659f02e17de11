"""Calling operations straight away.

FastAPI resolves dependencies by a general recursion that costs more than our hot operations have to spare. An
operation whose dependencies ask for nothing but the request, and that takes at most path parameters and a
body of one model, needs none of it.
"""

import inspect
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError

from kalends.api.context import context_of

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True, slots=True)
class _Step:
    """A dependency: the parameter it fills, the one it takes the request by, and what to call."""

    fills: str | None
    takes_request_as: str
    call: Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class _Opening:
    """A dependency that is closed before the answer leaves."""

    fills: str
    takes_request_as: str
    open: Callable[..., AbstractAsyncContextManager[Any]]


def flat_handler(dependant: Dependant) -> Handler | None:
    """Return a handler that awaits the dependencies itself; None for operations that need more.

    What is opened for an operation is opened once nothing speaks against its path and body any more. The
    handler raises RequestValidationError when something does.
    """
    steps = [_step(dependency) for dependency in dependant.dependencies]
    endpoint: Callable[..., Awaitable[Response]] | None = dependant.call
    if endpoint is None or _has_other_parameters(dependant) or len(dependant.body_params) > 1:
        return None
    if None in steps:
        return None
    calls = [step for step in steps if isinstance(step, _Step)]
    opened = [step for step in steps if isinstance(step, _Opening)]
    read = _reader_of_parameters(dependant)
    request_name = dependant.request_param_name

    async def handle(request: Request) -> Response:
        values = await _called(calls, request)
        if read is not None:
            values.update(read(request))
        if request_name is not None:
            values[request_name] = request
        if not opened:
            return await endpoint(**values)
        async with AsyncExitStack() as stack:
            for step in opened:
                manager = step.open(**{step.takes_request_as: request})
                values[step.fills] = await stack.enter_async_context(manager)
            return await endpoint(**values)

    return handle


async def _called(steps: Sequence[_Step], request: Request) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for step in steps:
        value = await step.call(**{step.takes_request_as: request})
        if step.fills is not None:
            values[step.fills] = value
    return values


def _reader_of_parameters(dependant: Dependant) -> Callable[[Request], dict[str, Any]] | None:
    in_path, in_body = dependant.path_params, dependant.body_params
    if not in_path and not in_body:
        return None

    def read(request: Request) -> dict[str, Any]:
        values: dict[str, Any] = {}
        errors: list[Any] = []
        path = [(field, request.path_params[field.alias], ("path", field.alias)) for field in in_path]
        body = [(field, context_of(request.scope).json, ("body",)) for field in in_body]
        for field, raw, location in (*path, *body):
            values[field.name], problems = field.validate(raw, values, loc=location)
            errors.extend(problems)
        if errors:
            raise RequestValidationError(errors)
        return values

    return read


def _step(dependency: Dependant) -> _Step | _Opening | None:
    call, request_name = dependency.call, dependency.request_param_name
    if call is None or request_name is None or dependency.dependencies:
        return None
    if dependency.path_params or dependency.body_params or _has_other_parameters(dependency):
        return None
    if inspect.isasyncgenfunction(call):
        if dependency.name is None or dependency.scope != "function":
            return None
        return _Opening(dependency.name, request_name, asynccontextmanager(call))
    is_coroutine = inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(type(call).__call__)
    return _Step(dependency.name, request_name, call) if is_coroutine else None


def _has_other_parameters(dependant: Dependant) -> bool:
    """Tell whether FastAPI has to fill in more than the request, path parameters and a body."""
    return any(
        (
            dependant.query_params,
            dependant.header_params,
            dependant.cookie_params,
            dependant.response_param_name,
            dependant.background_tasks_param_name,
            dependant.security_scopes_param_name,
            dependant.http_connection_param_name,
        )
    )
