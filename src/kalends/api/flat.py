"""Calling simple operations straight away.

FastAPI resolves dependencies by a general recursion that costs more than our hot operations have to spare. An
operation whose dependencies are plain coroutines of the request needs none of it: they are awaited in order.
"""

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True, slots=True)
class _Step:
    """A dependency: the parameter it fills, the one it takes the request by, and what to call."""

    fills: str | None
    takes_request_as: str
    call: Callable[..., Awaitable[Any]]


def flat_handler(dependant: Dependant) -> Handler | None:
    """Return a handler that awaits the dependencies itself; None for operations that need more."""
    steps = [_step(dependency) for dependency in dependant.dependencies]
    endpoint = dependant.call
    if endpoint is None or _has_parameters(dependant) or None in steps:
        return None
    flat = [step for step in steps if step is not None]
    request_name = dependant.request_param_name

    async def handle(request: Request) -> Response:
        values: dict[str, Any] = {}
        for step in flat:
            value = await step.call(**{step.takes_request_as: request})
            if step.fills is not None:
                values[step.fills] = value
        if request_name is not None:
            values[request_name] = request
        response: Response = await endpoint(**values)
        return response

    return handle


def _step(dependency: Dependant) -> _Step | None:
    call, request_name = dependency.call, dependency.request_param_name
    if call is None or request_name is None or dependency.dependencies or _has_parameters(dependency):
        return None
    is_coroutine = inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(type(call).__call__)
    return _Step(dependency.name, request_name, call) if is_coroutine else None


def _has_parameters(dependant: Dependant) -> bool:
    """Tell whether FastAPI has to fill in more than the request."""
    return any(
        (
            dependant.path_params,
            dependant.query_params,
            dependant.header_params,
            dependant.cookie_params,
            dependant.body_params,
            dependant.response_param_name,
            dependant.background_tasks_param_name,
            dependant.security_scopes_param_name,
            dependant.http_connection_param_name,
        )
    )
