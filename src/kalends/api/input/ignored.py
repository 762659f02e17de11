"""Members of a query that an operation does not know, and which its answer names."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from kalends.api.input.query import MAX_PARAMETERS, Query

HEADER = "X-Kalends-Ignored"

MOST_NAMES = 20
MOST_CHARACTERS = 500
LONGEST_NAME = 60
"""Bytes after which a name is cut, before its percent-encoding."""

_SEPARATOR = ", "


def known_names(queries: Iterable[Query[Any]]) -> frozenset[str] | None:
    """Return the members that all these queries know; None: one of them refuses what it does not know."""
    models = [query.model for query in queries]
    if any(model.model_config.get("extra") == "forbid" for model in models):
        return None
    return frozenset(field.alias or name for model in models for name, field in model.model_fields.items())


def ignored_names(query: bytes, known: frozenset[str]) -> Sequence[str]:
    """Return the members of a query string that are not known, percent-encoded, each once, in their order.

    `a[]`, `a[0]` and `a[b]` are members of `a`. At most `MOST_NAMES` are returned, and as many as fit into
    `MOST_CHARACTERS`, with what stands between them.
    """
    found: dict[str, None] = {}
    room = MOST_CHARACTERS + len(_SEPARATOR)
    for member in query.split(b"&", MAX_PARAMETERS)[:MAX_PARAMETERS]:
        name = unquote_to_bytes(member.partition(b"=")[0].replace(b"+", b" "))
        shown = quote(name[:LONGEST_NAME], safe="")
        if not name or shown in found or name.partition(b"[")[0].decode(errors="replace") in known:
            continue
        room -= len(shown) + len(_SEPARATOR)
        if room < 0 or len(found) == MOST_NAMES:
            break
        found[shown] = None
    return tuple(found)


def header_value(names: Sequence[str]) -> bytes:
    """Return the value of the header that tells these names."""
    return _SEPARATOR.join(names).encode()
