"""What our operations add to the OpenAPI document that FastAPI derives from them."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from fastapi.dependencies.models import Dependant

from kalends.api.query import Query

if TYPE_CHECKING:
    from kalends.api.routing import Route


class Documented:
    """Mixed into a dependency that stands for request headers of the document."""

    parameters: tuple[dict[str, Any], ...] = ()


def describe_operation(route: "Route", required_version: date | None) -> None:
    """Add version header, credential headers and query parameters to an operation's description."""
    parameters: list[dict[str, Any]] = []
    if required_version is not None:
        parameters.append(
            {
                "name": "cal-api-version",
                "in": "header",
                "required": True,
                "description": "The date of the API version to use.",
                "schema": {"type": "string", "default": required_version.isoformat()},
            }
        )
    for call in _dependencies(route.dependant):
        if isinstance(call, Documented):
            parameters.extend(call.parameters)
        if isinstance(call, Query):
            parameters.extend(_query_parameters(call))
    if parameters:
        route.openapi_extra = {**(route.openapi_extra or {}), "parameters": parameters}


def _dependencies(dependant: Dependant) -> Iterator[object]:
    for dependency in dependant.dependencies:
        if dependency.call is not None:
            yield dependency.call
        yield from _dependencies(dependency)


def _query_parameters(query: "Query[Any]") -> Iterator[dict[str, Any]]:
    schema = query.model.model_json_schema(ref_template="#/components/schemas/{model}")
    required = set(schema.get("required", ()))
    for name, described in schema["properties"].items():
        described.pop("title", None)
        parameter: dict[str, Any] = {"name": name, "in": "query", "required": name in required}
        if "description" in described:
            parameter["description"] = described.pop("description")
        yield {**parameter, "schema": described}
