"""What all bodies share, requests and answers."""

from typing import Any, Generic, Literal, NotRequired, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict


class Body(BaseModel):
    """A request body or query: camelCase on the wire, unknown properties dropped."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True)

    def sent(self) -> dict[str, Any]:
        """Return the properties that the client sent, by their Python names, nested models as they are."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _without_defaults(schema: dict[str, Any]) -> None:
    for described in schema["properties"].values():
        described.pop("default", None)


class Changes(Body):
    """The body of a PATCH: what is not sent stays, so no property has a default that a client may send."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)


class SecretBody(Body):
    """A body that holds a secret: a refusal tells the rule, and repeats nothing that was sent."""


class MaskedBody(Body):
    """A body that holds a secret: the records of a refusal repeat nothing that was sent."""


class StrictBody(Body):
    """A body or query of the operations that refuse unknown properties, by name (http-core.md 4)."""

    model_config = ConfigDict(extra="forbid")


Data = TypeVar("Data")


class Success(TypedDict, Generic[Data]):
    """The body of every answer that shows something."""

    status: Literal["success", "error"]
    data: Data


class Pagination(TypedDict):
    """Where a page of a list stands among the others; `nextCursor` leads to the next one, if there is one."""

    totalItems: int
    remainingItems: int
    returnedItems: int
    itemsPerPage: int
    currentPage: int
    totalPages: int
    hasNextPage: bool
    hasPreviousPage: bool
    hasMore: bool
    nextCursor: str | None


class PageSuccess(TypedDict, Generic[Data]):
    """The body of an answer that shows a page of a list; versions before those of pages have no figures."""

    status: Literal["success", "error"]
    data: Data
    pagination: NotRequired[Pagination]


class Done(TypedDict):
    """The body of an answer that has nothing to show."""

    status: Literal["success", "error"]
