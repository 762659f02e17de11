"""What of FastAPI's inside the plans of operations rely on; an upgrade that changes it fails here."""

import dataclasses
import inspect
from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel, BeforeValidator

from kalends.api.http.fastapi_internals import Dependant, ModelField, create_model_field

PARTS_OF_A_DEPENDANT = {
    "path_params",
    "query_params",
    "header_params",
    "cookie_params",
    "body_params",
    "dependencies",
    "name",
    "call",
    "request_param_name",
    "websocket_param_name",
    "http_connection_param_name",
    "response_param_name",
    "background_tasks_param_name",
    "security_scopes_param_name",
    "own_oauth_scopes",
    "parent_oauth_scopes",
    "use_cache",
    "path",
    "scope",
    "concurrency",
}
"""All of them: the plan has to know what to do with each."""


class Note(BaseModel):
    """A body."""

    text: str


def _even(value: object) -> int:
    number = int(str(value))
    if number % 2:
        raise ValueError("must be even")
    return number


async def guard(
    request: Request, number: Annotated[int, Path(alias="noteId"), BeforeValidator(_even)]
) -> int:
    """Stand for a guard."""
    del request
    return number


async def handler(guarded: Annotated[int, Depends(guard)], body: Note) -> None:
    """Stand for a handler."""
    del guarded, body


def route() -> APIRoute:
    """Return how FastAPI reads the handler."""
    return APIRoute("/notes/{noteId}", handler, methods=["PUT"], response_model=None)


def test_a_dependant_has_the_parts_that_plans_are_made_of() -> None:
    assert {field.name for field in dataclasses.fields(Dependant)} == PARTS_OF_A_DEPENDANT


def test_a_route_has_its_tree_of_dependencies() -> None:
    dependant = route().dependant
    assert isinstance(dependant, Dependant)
    assert (dependant.call, dependant.path) == (handler, "/notes/{noteId}")
    [body] = dependant.body_params
    assert (body.name, body.field_info.annotation, body.field_info.is_required()) == ("body", Note, True)
    [nested] = dependant.dependencies
    assert (nested.name, nested.call, nested.request_param_name) == ("guarded", guard, "request")
    assert (nested.use_cache, nested.scope) == (True, None)
    [field] = nested.path_params
    assert isinstance(field, ModelField)
    assert (field.name, field.alias) == ("number", "noteId")


def test_a_field_validates_a_value_and_returns_what_breaks_a_rule() -> None:
    [field] = route().dependant.dependencies[0].path_params
    assert field.validate("4", loc=("path", "noteId")) == (4, [])
    _, [error] = field.validate("5", loc=("path", "noteId"))
    assert error["loc"] == ("path", "noteId")


def test_the_schema_of_answers_can_be_added_to_a_route() -> None:
    assert {"name", "type_", "mode"} <= set(inspect.signature(create_model_field).parameters)
    made = route()
    assert made.response_field is None
    made.response_field = create_model_field("Answer", Note, mode="serialization")
    assert made.response_field.field_info.annotation is Note
