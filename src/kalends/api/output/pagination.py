"""Where a page of a list stands among the others."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from kalends.api.wire import Pagination

Model = TypeVar("Model")


@dataclass(frozen=True, slots=True)
class Page(Generic[Model]):
    """A page of a list, `data`, which is answered with where it stands among the others."""

    data: Model
    pagination: Pagination


def pagination_of(
    *, total: int, before: int, returned: int, per_page: int, next_cursor: str | None
) -> Pagination:
    """Return where a page stands: `before` of the `total` items came before the `returned` ones.

    `next_cursor` leads to the item after the last one of the page; it is told only where there is one.
    """
    remaining = max(0, total - before - returned)
    return {
        "totalItems": total,
        "remainingItems": remaining,
        "returnedItems": returned,
        "itemsPerPage": per_page,
        "currentPage": before // per_page + 1,
        "totalPages": -(-total // per_page),
        "hasNextPage": remaining > 0,
        "hasPreviousPage": before > 0,
        "hasMore": remaining > 0,
        "nextCursor": next_cursor if remaining > 0 else None,
    }
