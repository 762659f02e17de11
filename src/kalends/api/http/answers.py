"""What an operation answers, which the return annotation of its handler says.

`-> Schedule` is shown as `{"status": "success", "data": …}`, `-> None` as `{"status": "success"}`, and
`-> EncodedJson[Schedule]` is data that is JSON already, and `-> Page[list[Schedule]]` data with
the figures of its page.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar, get_args, get_origin

from fastapi import Response
from fastapi.responses import JSONResponse

from kalends.api.output.envelope import done, page_success, raw_success, success
from kalends.api.output.pagination import Page
from kalends.api.wire import Done, PageSuccess, Success

Model = TypeVar("Model")


@dataclass(frozen=True, slots=True)
class EncodedJson(Generic[Model]):
    """Data of the type `Model` that is JSON already, for what would take long to encode; tests check it."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """How an operation answers.

    `show` makes the response of what its handler returns. `model` is the type of the whole body, for the
    document; None where the handler makes the response itself, which is then of `response_class`.
    """

    show: Callable[[Any], Response]
    model: Any = None
    status: int = 200
    response_class: type[Response] = JSONResponse


def data_answer(
    handler: Callable[..., Awaitable[object]],
    *,
    status: int,
    output: object = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Return how the data that a handler returns is answered.

    `output` stands for a type variable in its return annotation: a type, or a function that returns one.

    Raises:
        TypeError: the annotation does not say what the data are.
    """
    returned = _filled_in(_return_annotation(handler), output)
    if returned is None:
        return Answer(lambda _: done(status), Done, status)
    if isinstance(returned, type) and issubclass(returned, Response):
        raise TypeError("returns data, not a response; responses are for a PageRouter")
    if returned is Any or returned is object:
        raise TypeError("must say which data it returns")
    if get_origin(returned) is Page:
        [data] = get_args(returned)
        return Answer(partial(page_success, status=status), _of(PageSuccess, data), status)
    if get_origin(returned) is EncodedJson:
        [data] = get_args(returned)
        return Answer(lambda encoded: raw_success(encoded.data, status, headers), _success_of(data), status)
    return Answer(partial(success, status=status, headers=headers), _success_of(returned), status)


def response_answer(handler: Callable[..., Awaitable[Response]], response_class: type[Response]) -> Answer:
    """Return how a handler answers that makes its response itself.

    Raises:
        TypeError: its return annotation is no response.
    """
    returned = _return_annotation(handler)
    if not (isinstance(returned, type) and issubclass(returned, Response)):
        raise TypeError("must return a response; data are for a Router")
    return Answer(lambda response: response, response_class=response_class)


def _success_of(data: Any) -> Any:
    return _of(Success, data)


def _of(generic: Any, data: Any) -> Any:
    """Return a body of these data; to mypy a type's parameter must be a type it can see."""
    return generic[data]


def _return_annotation(function: Callable[..., Any]) -> Any:
    annotation = inspect.signature(function).return_annotation
    if annotation is inspect.Signature.empty or isinstance(annotation, str):
        raise TypeError("must say what it returns, by an annotation that is not a text")
    return annotation


def _filled_in(annotation: Any, output: object) -> Any:
    """Put the type that `output` stands for in the place of the annotation's type variable."""
    is_variable = isinstance(annotation, TypeVar)
    if not is_variable and not getattr(annotation, "__parameters__", ()):
        return annotation
    if output is None:
        raise TypeError("returns a type variable; say by `output` what it stands for")
    model = output if isinstance(output, type) or not callable(output) else _return_annotation(output)
    return model if is_variable else annotation[model]
