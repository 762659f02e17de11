"""The application's router: find the operation, admit the request, answer it."""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeAlias

from fastapi import APIRouter, Request
from starlette.types import Receive, Scope, Send

from kalends.api.contract.operations import ContractOperation
from kalends.api.contract.whereabouts import whereabouts_of
from kalends.api.http.context import RequestContext, context_of
from kalends.api.http.operation import Operation, PageRouter, Router
from kalends.api.http.paths import RoutingTable
from kalends.api.http.versions import asked_version, choose_version
from kalends.api.refusals import OperationNotServed, UnknownOperation
from kalends.db.turns import Turns

Admission: TypeAlias = Callable[[Scope, RequestContext], Coroutine[Any, Any, None]]
"""What a counted request passes before its operation: the rate limit, and recognition of API keys."""


class Dispatcher(APIRouter):
    """Routes each request to the operation that answers it.

    What the contract has and nothing serves is refused as such; `base_url` is told to who asks elsewhere.
    """

    def __init__(
        self,
        routers: Iterable[Router | PageRouter],
        admit: Admission,
        turns: Turns | None = None,
        *,
        contract: Iterable[ContractOperation] = (),
        base_url: str = "",
        **options: Any,
    ) -> None:
        super().__init__(redirect_slashes=False, **options)
        self.operations: list[Operation] = [one for router in routers for one in router.operations]
        self.routes.extend(self.operations)
        self._table = RoutingTable(self.operations, contract)
        self._base_url = base_url
        self._admit = admit
        self._turns = Turns() if turns is None else turns

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the server's lifespan."""
        if scope["type"] != "http":
            await self.lifespan(scope, receive, send)
            return
        context = context_of(scope)
        method, path = scope["method"], scope["raw_path"].decode("latin-1")
        found = self._table.find(method, path)
        if found is None:
            raise UnknownOperation(method, context.sent_url, self._whereabouts(method, path))
        versions, parameters = found
        if isinstance(versions, ContractOperation):
            raise OperationNotServed(method, context.sent_url, versions.tag)
        operation = choose_version(versions, asked_version(scope))
        context.show_failure = operation.show_failure
        scope["path_params"] = parameters
        if operation.is_counted:
            await self._admit(scope, context)
        scope["route"] = operation
        request = Request(scope, receive)
        if method == "GET":
            response = await operation.plan.answer(request)
        else:
            response = await self._turns.run(lambda: operation.plan.answer(request))
        await response(scope, receive, send)

    def _whereabouts(self, method: str, path: str) -> str | None:
        return whereabouts_of(path, self._base_url, lambda other: self._table.find(method, other) is not None)
