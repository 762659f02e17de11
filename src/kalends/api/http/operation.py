"""Operations, and the routers by which resources declare them.

A handler is an async function that returns data, or for pages a response; what stands around it is the
router's: envelope, status, `Idempotency-Key`, version.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any, TypeAlias, TypeVar

from fastapi import Request, Response
from fastapi.routing import APIRoute

from kalends.api.http.answers import Answer, data_answer, response_answer
from kalends.api.http.context import ShowFailure
from kalends.api.http.fastapi_internals import create_model_field
from kalends.api.http.plan import Plan, UncallableOperation, compile_plan
from kalends.api.http.versions import OLDEST
from kalends.api.output.errors import Refusals

T = TypeVar("T")

Guard: TypeAlias = Callable[..., Awaitable[T]]
"""An async function, or an object whose `__call__` is one, that yields what a request may use, or refuses it.

It may ask for other guards, ids of the path, the request, and a `Reader`, which is closed when it returns.
"""

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[object]])
PageHandler = TypeVar("PageHandler", bound=Callable[..., Awaitable[Response]])

_OK = 200
_CREATED = 201


class Operation(APIRoute):
    """One operation in one version.

    FastAPI describes it; it is called by its `plan`. `refuses` are the classes by which its handler refuses;
    those of its guards, and those that every operation has, are not among them. `show_failure` answers for
    what goes wrong, in place of the error envelope.

    Raises:
        UncallableOperation: it asks for something in a way that no plan can be made of.
    """

    version: date = OLDEST
    is_version_required: bool = False
    is_counted: bool = True
    show_failure: ShowFailure | None = None

    def __init__(
        self,
        method: str,
        path: str,
        handler: Callable[..., Awaitable[object]],
        answer: Answer,
        *,
        takes_key: bool = False,
        is_page: bool = False,
        refuses: Refusals = (),
    ) -> None:
        self.method = method
        self.answer = answer
        self.refuses = refuses
        super().__init__(
            path,
            handler,
            methods=[method],
            status_code=answer.status,
            response_model=None,
            response_class=answer.response_class,
        )
        name = f"{method} {path}"
        self.plan: Plan = compile_plan(
            name, self.dependant, answer.show, takes_key=takes_key, is_page=is_page
        )

    def document_answer(self) -> None:
        """Build the schema of the answers, which nothing but the document needs and which takes a while."""
        if self.answer.model is not None and self.response_field is None:
            name = f"Response_{self.unique_id}"
            self.response_field = create_model_field(name, self.answer.model, mode="serialization")

    def get_route_handler(self) -> Callable[[Request], Any]:
        """Return the plan, in place of FastAPI's own way to call a handler."""

        async def answer(request: Request) -> Response:
            return await self.plan.answer(request)

        return answer


class Router:
    """The operations of one resource in one version, whose handlers return data.

    `version` is the date of the handlers; with `version_is_required` a request without the header is refused,
    because the shapes of older dates are not those that the header's absence stands for. Without
    `is_counted` its requests pass no rate limit, and their credentials are not looked up. `output` is what
    the handlers of a router that is mounted several times return by a type variable: the type itself, or
    the function that makes it.

    Each operation names as `refuses` the classes by which its handler, and what that calls, refuses: the
    document lists them, and the tests know no others. Guards name their own.
    """

    def __init__(
        self,
        prefix: str,
        tag: str,
        *,
        version: date = OLDEST,
        version_is_required: bool = False,
        is_counted: bool = True,
        output: object = None,
    ) -> None:
        self.operations: list[Operation] = []
        self._prefix = prefix
        self._tag = tag
        self._version = version
        self._version_is_required = version_is_required
        self._is_counted = is_counted
        self._output = output

    def get(
        self, path: str, *, refuses: Refusals = (), headers: Mapping[str, str] | None = None
    ) -> Callable[[Handler], Handler]:
        """Add a GET; `headers` are sent with every success."""
        return self._adding("GET", path, refuses, headers=headers)

    def post(
        self, path: str, *, refuses: Refusals = (), status: int = _CREATED
    ) -> Callable[[Handler], Handler]:
        """Add a POST, which answers 201 unless told otherwise, and once for each `Idempotency-Key`."""
        return self._adding("POST", path, refuses, status=status)

    def put(self, path: str, *, refuses: Refusals = ()) -> Callable[[Handler], Handler]:
        """Add a PUT."""
        return self._adding("PUT", path, refuses)

    def patch(self, path: str, *, refuses: Refusals = ()) -> Callable[[Handler], Handler]:
        """Add a PATCH."""
        return self._adding("PATCH", path, refuses)

    def delete(self, path: str, *, refuses: Refusals = ()) -> Callable[[Handler], Handler]:
        """Add a DELETE."""
        return self._adding("DELETE", path, refuses)

    def _adding(
        self,
        method: str,
        path: str,
        refuses: Refusals,
        *,
        status: int = _OK,
        headers: Mapping[str, str] | None = None,
    ) -> Callable[[Handler], Handler]:
        whole = self._prefix + path

        def add(handler: Handler) -> Handler:
            try:
                answer = data_answer(handler, status=status, output=self._output, headers=headers)
            except TypeError as error:
                raise UncallableOperation(f"{method} {whole}: {handler.__qualname__} {error}.") from error
            operation = Operation(method, whole, handler, answer, takes_key=method == "POST", refuses=refuses)
            operation.tags = [self._tag]
            operation.version = self._version
            operation.is_version_required = self._version_is_required
            operation.is_counted = self._is_counted
            self.operations.append(operation)
            return handler

        return add


class PageRouter:
    """Pages and other answers that are no data of the API; their handlers return responses.

    They know no `Idempotency-Key`: browsers send none, and what a form holds is not JSON. Without
    `is_counted` their requests pass no rate limit. `show_failure` answers for what goes wrong, in place of
    the error envelope.
    """

    def __init__(
        self, prefix: str, tag: str, *, is_counted: bool = True, show_failure: ShowFailure | None = None
    ) -> None:
        self.operations: list[Operation] = []
        self._prefix = prefix
        self._tag = tag
        self._is_counted = is_counted
        self._show_failure = show_failure

    def get(
        self, path: str, *, documented_as: type[Response] | None = None
    ) -> Callable[[PageHandler], PageHandler]:
        """Add a GET; `documented_as` is the class of its responses in the document, None leaves it out."""
        return self._adding("GET", path, documented_as)

    def post(self, path: str) -> Callable[[PageHandler], PageHandler]:
        """Add a POST, which is not in the document."""
        return self._adding("POST", path, None)

    def _adding(
        self, method: str, path: str, documented_as: type[Response] | None
    ) -> Callable[[PageHandler], PageHandler]:
        whole = self._prefix + path

        def add(handler: PageHandler) -> PageHandler:
            try:
                answer = response_answer(handler, documented_as or Response)
            except TypeError as error:
                raise UncallableOperation(f"{method} {whole}: {handler.__qualname__} {error}.") from error
            operation = Operation(method, whole, handler, answer, is_page=True)
            operation.tags = [self._tag]
            operation.include_in_schema = documented_as is not None
            operation.is_counted = self._is_counted
            operation.show_failure = self._show_failure
            self.operations.append(operation)
            return handler

        return add
