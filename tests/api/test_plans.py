"""How operations are called: the order of guards, what is opened when, and what is refused at start."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any, TypeVar

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, Header, Response
from typing_extensions import TypedDict

from kalends.api.dependencies import Reader, Work
from kalends.api.document.openapi import DocumentedApi
from kalends.api.http.answers import EncodedJson
from kalends.api.http.dispatcher import Dispatcher
from kalends.api.http.operation import Guard, Operation, PageRouter, Router
from kalends.api.http.plan import Plan, UncallableOperation
from kalends.api.input.fields import EventTypeId, Integer, ScheduleId
from kalends.api.input.query import Query
from kalends.api.output.errors import Forbidden, NotFound
from kalends.api.wire import Body
from kalends.auth.dependencies import Caller
from kalends.settings import Settings
from tests.conftest import Clock
from tests.support.client import Client, Host, data, refusal
from tests.support.mounted import mounted

Output = TypeVar("Output")


class Note(Body):
    """A body."""

    number: Integer


class Page(Body):
    """A query."""

    number: Integer | None = None


class NoteOutput(TypedDict):
    """An answer."""

    number: int


class OtherOutput(TypedDict):
    """Another answer."""

    other: int


def operations(api: FastAPI) -> list[Operation]:
    """Return the operations of a server."""
    assert isinstance(api.router, Dispatcher)
    return api.router.operations


# What the server has


def test_every_operation_is_compiled(api: FastAPI) -> None:
    found = operations(api)
    assert len(found) > 50
    assert list(api.router.routes) == found
    assert all(isinstance(operation.plan, Plan) for operation in found)


def test_no_operation_of_the_api_makes_its_response_itself(api: FastAPI) -> None:
    raw = {operation.path for operation in operations(api) if operation.answer.model is None}
    # The pages on which people give a client access are where the API has their address.
    consent = {"/v2/oauth/{clientId}/authorize", "/v2/oauth/{clientId}/authorize/link"}
    assert {path for path in raw if path.startswith("/v2")} == consent
    assert {"/health", "/metrics", "/docs", "/openapi.json", "/booking/{bookingUid}"} <= raw


# The order


@pytest.fixture
def events() -> list[str]:
    """Return what happened, in order."""
    return []


class Closed(Forbidden):
    """403: a test lets it be refused."""


class NumberMissing(NotFound):
    """404: there is no number."""


def noting(events: list[str], name: str, *, refuses: bool = False) -> Callable[..., Awaitable[str]]:
    """Return a guard that notes that it was called."""

    async def guard() -> str:
        events.append(name)
        if refuses:
            raise Closed(name)
        return name

    return guard


def noting_opening(events: list[str], name: str) -> Callable[..., AsyncIterator[str]]:
    """Return a dependency that notes when it is opened and closed."""

    async def opened() -> AsyncIterator[str]:
        events.append(f"open {name}")
        yield name
        events.append(f"close {name}")

    return opened


async def test_guards_are_called_depth_first_and_once_and_what_is_opened_is_closed_in_time(
    settings: Settings, clock: Clock, client: Client, events: list[str]
) -> None:
    router = Router("/v2/notes", "Test")
    shared, own, last = (noting(events, name) for name in ("shared", "own", "last"))

    async def outer(
        first: Annotated[str, Depends(shared)],
        opened: Annotated[str, Depends(noting_opening(events, "guard"), scope="function")],
        second: Annotated[str, Depends(own)],
    ) -> str:
        events.append("outer")
        return f"{first} {second} {opened}"

    @router.post("")
    async def handle(
        opened: Annotated[str, Depends(noting_opening(events, "handler"), scope="function")],
        body: Note,
        guarded: Annotated[str, Depends(outer)],
        again: Annotated[str, Depends(shared)],
        after: Annotated[str, Depends(last)],
    ) -> list[str | int]:
        events.append("handler")
        return [guarded, again, after, opened, body.number]

    async with mounted(settings, clock, router) as client:
        answer = await client.post("/v2/notes", json={"number": 3})
    assert data(answer, 201) == ["shared own guard", "shared", "last", "handler", 3]
    guards = ["shared", "own", "open guard", "outer", "close guard", "last"]
    assert events == [*guards, "open handler", "handler", "close handler"]


async def test_what_is_opened_is_closed_before_the_answer_leaves_and_its_failure_is_the_answer(
    settings: Settings, clock: Clock
) -> None:
    router = Router("/v2/notes", "Test")

    async def opened() -> AsyncIterator[str]:
        yield "it"
        raise Closed("The commit failed.")

    @router.get("", refuses=(Closed,))
    async def handle(it: Annotated[str, Depends(opened, scope="function")]) -> str:
        return it

    async with mounted(settings, clock, router) as client:
        assert refusal(await client.get("/v2/notes"), 403)["message"] == "The commit failed."


async def test_a_guard_goes_before_query_path_and_body_and_these_before_anything_is_opened(
    settings: Settings, clock: Clock, events: list[str]
) -> None:
    def router_of(prefix: str, guard: Guard[str]) -> Router:
        router = Router(prefix, "Test")

        @router.patch("/{scheduleId}", refuses=(Closed,))
        async def handle(
            page: Annotated[Page, Depends(Query(Page))],
            schedule_id: ScheduleId,
            body: Note,
            opened: Annotated[str, Depends(noting_opening(events, "handler"), scope="function")],
            guarded: Annotated[str, Depends(guard)],
        ) -> list[Any]:
            return [page.number, schedule_id, body.number, opened, guarded]

        return router

    routers = (
        router_of("/v2/closed", noting(events, "guard", refuses=True)),
        router_of("/v2/open", noting(events, "guard")),
    )
    async with mounted(settings, clock, *routers) as client:
        refusal(await client.patch("/v2/closed/x?number=x", json={"number": "x"}), 403)
        broken = [
            refusal(await client.patch(f"/v2/open/{path}", json={"number": "x"}), 400)
            for path in ("x?number=x", "x", "1")
        ]
    assert [error["message"] for error in broken] == [
        "number must be an integer number",
        "scheduleId must be an integer",
        "number must be an integer number",
    ]
    assert events == 4 * ["guard"]


async def test_a_malformed_id_is_refused_by_the_guard_that_needs_it(
    settings: Settings, clock: Clock, ana: Host, events: list[str]
) -> None:
    router = Router("/v2/owners/{eventTypeId}/notes", "Test")

    async def event_type(caller: Caller, event_type_id: EventTypeId) -> int:
        events.append(f"event type {event_type_id} of {caller.user.id}")
        return event_type_id

    @router.get("/{scheduleId}", refuses=(Closed,))
    async def handle(
        schedule_id: ScheduleId,
        owner: Annotated[int, Depends(event_type)],
        closed: Annotated[str, Depends(noting(events, "closed", refuses=True))],
    ) -> list[Any]:
        return [schedule_id, owner, closed]

    async with mounted(settings, clock, router) as client:
        refusal(await client.get("/v2/owners/x/notes/y"), 401)
        client.api_key = ana.client.api_key
        assert "eventTypeId" in refusal(await client.get("/v2/owners/x/notes/y"), 400)["message"]
        refusal(await client.get("/v2/owners/7/notes/y"), 403)
    assert events == [f"event type 7 of {ana.id}", "closed"]


async def test_a_guard_gives_its_connection_back_before_the_handler_takes_one(
    settings: Settings, clock: Clock, client: Client
) -> None:
    router = Router("/v2/notes", "Test")

    async def count(connection: Reader) -> int:
        row = await (await connection.execute("SELECT count(*) FROM users")).fetchone()
        return -1 if row is None else int(row[0])

    @router.post("")
    async def handle(counted: Annotated[int, Depends(count)], work: Work) -> list[int]:
        row = await (await work.connection.execute("SELECT 5")).fetchone()
        return [counted, -1 if row is None else int(row[0])]

    only_one = settings.model_copy(update={"database_pool_size": 1})
    async with mounted(only_one, clock, router) as own:
        assert data(await own.post("/v2/notes"), 201) == [0, 5]
        keyed = {"Idempotency-Key": "one"}
        assert data(await own.post("/v2/notes", headers=keyed), 201) == [0, 5]


# What is answered


async def test_the_return_annotation_says_what_is_answered(settings: Settings, clock: Clock) -> None:
    router = Router("/v2/notes", "Test")

    @router.get("/nothing")
    async def nothing() -> None:
        return None

    @router.get("/null")
    async def null() -> NoteOutput | None:
        return None

    @router.put("/note")
    async def note(body: Note) -> NoteOutput:
        return {"number": body.number}

    @router.post("/made", status=200)
    async def made() -> list[int]:
        return [1]

    @router.get("/encoded", headers={"Cache-Control": "no-store"})
    async def encoded() -> EncodedJson[NoteOutput]:
        return EncodedJson(b'{"number":7}')

    async with mounted(settings, clock, router) as client:
        assert (await client.get("/v2/notes/nothing")).json() == {"status": "success"}
        assert (await client.get("/v2/notes/null")).json() == {"status": "success", "data": None}
        assert data(await client.put("/v2/notes/note", json={"number": 4})) == {"number": 4}
        assert data(await client.post("/v2/notes/made")) == [1]
        answer = await client.get("/v2/notes/encoded")
        assert (data(answer), answer.headers["cache-control"]) == ({"number": 7}, "no-store")
        assert answer.headers["content-type"] == "application/json; charset=utf-8"


def note_output(number: int) -> NoteOutput:
    """Show a number."""
    return {"number": number}


def other_output(number: int) -> OtherOutput:
    """Show a number otherwise."""
    return {"other": number}


def number_router(prefix: str, tag: str, guard: Guard[int], output: Callable[[int], Output]) -> Router:
    """Return operations that show a number, wherever a guard finds one."""
    router = Router(prefix, tag, output=output)

    @router.get("", refuses=(NumberMissing,))
    async def get_number(number: Annotated[int, Depends(guard)]) -> Output:
        """Show the number."""
        return output(number)

    @router.get("/all")
    async def list_numbers(number: Annotated[int, Depends(guard)]) -> list[Output]:
        return [output(number)]

    return router


async def number_of_caller(caller: Caller) -> int:
    """Return the caller's number."""
    return caller.user.id


async def number_of_path(
    caller: Caller, owner: Annotated[int, Depends(number_of_caller)], event_type_id: EventTypeId
) -> int:
    """Return the number of the path and that of its owner."""
    return event_type_id * (owner == caller.user.id)


def number_routers() -> tuple[Router, Router]:
    """Return the same operations at two places."""
    return (
        number_router("/v2/number", "Own", number_of_caller, note_output),
        number_router("/v2/of/{eventTypeId}/number", "Of Event Types", number_of_path, other_output),
    )


async def test_operations_are_written_once_and_mounted_at_several_places(
    settings: Settings, clock: Clock, ana: Host
) -> None:
    async with mounted(settings, clock, *number_routers()) as client:
        refusal(await client.get("/v2/of/7/number"), 401)
        client.api_key = ana.client.api_key
        assert data(await client.get("/v2/number")) == {"number": ana.id}
        assert data(await client.get("/v2/of/7/number")) == {"other": 7}
        assert data(await client.get("/v2/of/7/number/all")) == [{"other": 7}]
        refusal(await client.get("/v2/of/x/number/all"), 400)


async def test_each_place_is_described_by_its_own_guards_and_answers() -> None:
    async def admit(*_: object) -> None:
        return None

    app = DocumentedApi(title="Sample", version="1", openapi_url=None)
    app.router = Dispatcher(number_routers(), admit)
    paths = app.openapi()["paths"]
    own, of_event_type = paths["/v2/number"]["get"], paths["/v2/of/{eventTypeId}/number"]["get"]
    assert (own["tags"], of_event_type["tags"]) == (["Own"], ["Of Event Types"])
    assert [(one["in"], one["name"]) for one in own["parameters"]] == [("header", "Authorization")]
    assert [(one["in"], one["name"]) for one in of_event_type["parameters"]] == [
        ("path", "eventTypeId"),
        ("header", "Authorization"),
    ]
    assert {"401", "403", "404"} <= set(of_event_type["responses"])
    answered = of_event_type["responses"]["200"]["content"]["application/json"]["schema"]
    schemas = app.openapi()["components"]["schemas"]
    assert schemas[answered["$ref"].rpartition("/")[2]]["properties"]["data"] == {
        "$ref": "#/components/schemas/OtherOutput"
    }


# What is refused at start


async def guard_with_body(body: Note) -> int:
    return body.number


def plain_guard() -> int:
    return 1


async def generator() -> AsyncIterator[int]:
    yield 1


async def generator_of_generator(
    inner: Annotated[int, Depends(generator, scope="function")],
) -> AsyncIterator[int]:
    yield inner


class Unhashable:
    """A guard that cannot be told from others."""

    __hash__ = None  # type: ignore[assignment]  # as of every class that has only __eq__

    async def __call__(self) -> int:
        """Return nothing of interest."""
        return 1


async def own_query(number: int) -> None:
    """Take a parameter of the query without a model."""


async def own_header(x_number: Annotated[str, Header()]) -> None:
    """Take a header."""


async def background(tasks: BackgroundTasks) -> None:
    """Take what runs after the answer."""


async def elsewhere(schedule_id: ScheduleId) -> None:
    """Take an id that the path lacks."""


async def two_bodies(body: Note, other: Note) -> None:
    """Take two bodies."""


async def optional_body(body: Note | None = None) -> None:
    """Take a body that may be absent."""


async def body_in_guard(number: Annotated[int, Depends(guard_with_body)]) -> None:
    """Ask a guard that takes the body."""


async def thread(number: Annotated[int, Depends(plain_guard)]) -> None:
    """Ask a guard that would run in a thread."""


async def unhashable(number: Annotated[int, Depends(Unhashable())]) -> None:
    """Ask a guard that cannot be told from others."""


async def uncached(number: Annotated[int, Depends(number_of_caller, use_cache=False)]) -> None:
    """Ask for a call of one's own."""


async def closed_late(number: Annotated[int, Depends(generator)]) -> None:
    """Ask for what is closed after the answer."""


async def two_openings(connection: Reader, work: Work) -> None:
    """Ask for two connections."""


async def nested_opening(number: Annotated[int, Depends(generator_of_generator, scope="function")]) -> None:
    """Ask for an opening that opens."""


async def untold():  # type: ignore[no-untyped-def]  # noqa: ANN201 - that is the fault
    """Say nothing of the answer."""


async def anything() -> Any:
    """Say nothing of the answer either."""


async def response() -> Response:
    """Answer by oneself."""
    return Response()


async def variable(output: Reader) -> list[Output]:
    """Answer a type that nothing stands for."""
    del output
    return []


def blocking() -> None:
    """Block the loop."""


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        (own_query, "by a model"),
        (own_header, "headers"),
        (background, "background"),
        (elsewhere, "scheduleId, which is not in the path"),
        (two_bodies, "one body"),
        (optional_body, "one body"),
        (body_in_guard, "guard_with_body cannot take a body"),
        (thread, "plain_guard must be an async function"),
        (unhashable, "Unhashable must be hashable"),
        (uncached, "number_of_caller is called once a request"),
        (closed_late, "scope='function'"),
        (two_openings, "two things"),
        (nested_opening, "generator_of_generator cannot take anything opened"),
        (untold, "must say what it returns"),
        (anything, "must say which data"),
        (response, "PageRouter"),
        (variable, "type variable"),
        (blocking, "must be an async function"),
    ],
)
def test_what_no_plan_can_express_is_refused_at_start_by_its_name(handler: Any, reason: str) -> None:
    router = Router("/v2/notes", "Test")
    with pytest.raises(UncallableOperation) as refused:
        router.post("/{noteId}")(handler)
    assert str(refused.value).startswith("POST /v2/notes/{noteId}: ")
    assert reason in str(refused.value)
    assert router.operations == []


def test_a_page_returns_a_response() -> None:
    router = PageRouter("/notes", "Test")

    async def handle() -> str:
        return "data"

    with pytest.raises(UncallableOperation, match=r"GET /notes: .*handle must return a response"):
        router.get("")(handle)  # type: ignore[type-var]  # the fault that is refused
