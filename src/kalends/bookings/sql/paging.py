"""Conditions of what comes after a place in a list."""

from collections.abc import Mapping, Sequence

from kalends.bookings.commands.page import Order, Position


def after(position: Position, place: str, booking_id: str) -> Sequence[str]:
    """Return conditions, any of which holds for what comes after a position.

    `place` is what the list is ordered by. What was never updated counts as updated before all others.
    """
    sign = "<" if position.is_descending else ">"
    if position.at is None:
        rest = f"{place} IS NULL AND {booking_id} {sign} %(after_id)s"
        return (rest,) if position.is_descending else (rest, f"{place} IS NOT NULL")
    beyond = f"({place}, {booking_id}) {sign} (%(after_at)s, %(after_id)s)"
    if position.order is Order.UPDATED and position.is_descending:
        return beyond, f"{place} IS NULL"
    return (beyond,)


def values_of(position: Position | None) -> Mapping[str, object]:
    """Return the values that the conditions need."""
    return {} if position is None else {"after_at": position.at, "after_id": position.booking_id}
