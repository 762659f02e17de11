"""Query strings: nested and repeated parameters, and their models (http-core.md 3)."""

import re
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import BaseModel, ValidationError

from kalends.api.input.validation import invalid
from kalends.api.refusals import MalformedQuery

MAX_PARAMETERS = 1_000

Model = TypeVar("Model", bound=BaseModel)

_INDEXED = re.compile(r"(?P<name>[^\[\]]+)\[(?:1?[0-9]|20)?\]")
_NESTED = re.compile(r"(?P<name>[^\[\]]+)\[(?P<key>[^\[\]]+)\]")


class Query(Generic[Model]):
    """A dependency that reads the query string into a model: `Annotated[Listing, Depends(Query(Listing))]`.

    Raises:
        InvalidValues, InvalidProperties: the model refuses the parameters.
    """

    def __init__(self, model: type[Model]) -> None:
        self.model = model

    async def __call__(self, request: Request) -> Model:
        """Return the validated query of the request."""
        # Asynchronous, as every dependency must be (`api/http/plan.py`).
        raw = parse_query(request.scope["query_string"])
        try:
            return self.model.model_validate(raw)
        except ValidationError as error:
            raise invalid(self.model, raw, error.errors(include_url=False)) from error


def parse_query(query: bytes) -> dict[str, Any]:
    """Parse a query string: one value stays a string, repeated or bracketed names become a list, and
    `a[b]=c` an object.

    Raises:
        MalformedQuery: more than `MAX_PARAMETERS`, or text that is not UTF-8.
    """
    try:
        pairs = parse_qsl(
            query.decode(), keep_blank_values=True, max_num_fields=MAX_PARAMETERS, errors="strict"
        )
    except UnicodeDecodeError as error:
        raise MalformedQuery("The query string is not valid UTF-8.") from error
    except ValueError as error:
        raise MalformedQuery(f"The query string has more than {MAX_PARAMETERS} parameters.") from error
    parsed: dict[str, Any] = {}
    for name, value in pairs:
        _add(parsed, name, value)
    return parsed


def comma_list(value: object) -> object:
    """Split a comma list into its trimmed items; a repeated parameter is a list already."""
    return [item.strip() for item in value.split(",")] if isinstance(value, str) else value


def _add(parsed: dict[str, Any], name: str, value: str) -> None:
    if "[" not in name and name not in parsed:
        parsed[name] = value
        return
    indexed = _INDEXED.fullmatch(name)
    if indexed is not None:
        present = parsed.get(indexed["name"])
        items = present if isinstance(present, list) else [] if present is None else [present]
        parsed[indexed["name"]] = [*items, value]
        return
    nested = _NESTED.fullmatch(name)
    if nested is not None and isinstance(parsed.get(nested["name"], {}), dict):
        parsed.setdefault(nested["name"], {})[nested["key"]] = value
        return
    if name in parsed:
        present = parsed[name]
        parsed[name] = [*present, value] if isinstance(present, list) else [present, value]
        return
    parsed[name] = value
