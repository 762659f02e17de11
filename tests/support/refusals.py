"""Every refusal that an operation answers is one that it declares, whichever test asks for it."""

from starlette.types import ASGIApp, Receive, Scope, Send

from kalends.api.document.refusals import refusals_of
from kalends.api.http.edge import Allowance, Edge, no_allowance
from kalends.api.http.operation import Operation
from kalends.api.output.failures import refusal_of

_UNDECLARED = "tests.undeclared"


class UndeclaredRefusal(AssertionError):
    """An operation refused by a class that neither it nor its guards declare."""


class WatchedEdge(Edge):
    """The edge of a server, which fails a test whose request is refused in a way that is not declared."""

    def __init__(self, app: ASGIApp, allowance: Allowance = no_allowance) -> None:
        super().__init__(_Watch(app), allowance)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection.

        Raises:
            UndeclaredRefusal: see there; the client has its answer by then.
        """
        undeclared: list[str] = []
        scope[_UNDECLARED] = undeclared
        await super().__call__(scope, receive, send)
        if undeclared:
            raise UndeclaredRefusal(undeclared[0])


class _Watch:
    """Between the edge and the application: here a refusal is still what was raised."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            _note(scope, error)
            raise


def _note(scope: Scope, error: Exception) -> None:
    refusal, operation = refusal_of(error), scope.get("route")
    # Pages tell people what is wrong; they are not in the document.
    if refusal is None or not isinstance(operation, Operation) or operation.show_failure is not None:
        return
    kind = type(refusal)
    if kind not in refusals_of(operation):
        scope[_UNDECLARED].append(
            f"{operation.method} {operation.path} does not declare {kind.__name__}: name it in `refuses`"
        )
