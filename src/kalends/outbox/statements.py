"""Parts of statements about facts."""

from typing import LiteralString


def payload_of(alias: LiteralString) -> LiteralString:
    """Return what a fact says, a row of `outbox_events`: a line of its own, and one that others say too."""
    return f"""
        {alias}.payload || coalesce(
            (SELECT '\\x0a'::bytea || s.payload FROM outbox_shared s WHERE s.id = {alias}.shared_id), '')
    """
