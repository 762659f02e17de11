"""Lists of bookings from version 2026-05-01 on: pages by `limit` and `cursor` (bookings.md 5.1)."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from kalends.api.input.fields import QueryInteger
from kalends.api.output.pagination import Page, pagination_of
from kalends.bookings.access import all_seen_by
from kalends.bookings.actors import Actor
from kalends.bookings.commands.command import ListBookings
from kalends.bookings.commands.page import BookingPage, position_of
from kalends.bookings.refusals import CursorOfAnotherOrder, CursorWithSkip, LimitWithTake
from kalends.bookings.wire.cursor import Cursor, cursor_of
from kalends.bookings.wire.inputs import BookingsQuery, OrganizationBookingsQuery, TeamBookingsQuery
from kalends.bookings.wire.outputs import AnyBookingOutput, booking_output


class PagedTeamBookingsQuery(TeamBookingsQuery):
    """Which page of the bookings of a team to list."""

    limit: Annotated[QueryInteger, Field(ge=1, le=250)] | None = Field(
        default=None, description="How many of a page, from version 2026-05-01 on; in place of `take`."
    )
    cursor: Cursor | None = None

    def to_command(self) -> ListBookings:
        """Return what is asked for.

        Raises:
            LimitWithTake, CursorWithSkip: two ways to page are mixed.
            CursorOfAnotherOrder: the page before was ordered otherwise.
        """
        if self.limit is not None and "take" in self.model_fields_set:
            raise LimitWithTake
        if self.cursor is not None and "skip" in self.model_fields_set:
            raise CursorWithSkip
        command = replace(super().to_command(), after=self.cursor, is_counted=True)
        if self.cursor is not None and not self.cursor.is_in(command.order, command.is_descending):
            raise CursorOfAnotherOrder
        return command if self.limit is None else replace(command, take=self.limit)


class PagedBookingsQuery(PagedTeamBookingsQuery, BookingsQuery):
    """Which page of bookings to list."""


class PagedOrganizationBookingsQuery(PagedTeamBookingsQuery, OrganizationBookingsQuery):
    """Which page of the bookings of an organization to list."""


def page_output(actor: Actor, command: ListBookings, found: BookingPage) -> Page[list[AnyBookingOutput]]:
    """Show a page as somebody may see it, with where it stands."""
    last = found.bookings[-1] if found.bookings else None
    after = None if last is None else position_of(last, command.order, is_descending=command.is_descending)
    return Page(
        [booking_output(one) for one in all_seen_by(actor, found.bookings)],
        pagination_of(
            total=found.total,
            before=found.before,
            returned=len(found.bookings),
            per_page=command.take,
            next_cursor=None if after is None else cursor_of(after),
        ),
    )
