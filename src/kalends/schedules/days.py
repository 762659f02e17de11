"""The days of the week, as schedules name them on the wire and count them in the database."""

from typing import Literal, TypeAlias

Day: TypeAlias = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

DAYS: tuple[Day, ...] = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
"""The days by their stored numbers, which count from Sunday."""
