"""Links into the booking's pages, which carry the power of whom the mail is for (notifications.md 5.1)."""

from dataclasses import dataclass
from datetime import datetime

from kalends.bookings.facts.snapshots import BookingSnapshot
from kalends.notifications.mail import Recipient
from kalends.security.attendance_link import PATH, Attendance, token_of
from kalends.security.link_tokens import Grant, Purpose, issue


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the links of a server: `base_url` is without a trailing slash, `key` signs them.

    All links of one mail end to work at the same instant, `until`.
    """

    base_url: str
    key: bytes

    def manage(self, booking: BookingSnapshot, recipient: Recipient, until: datetime) -> str:
        """Return the link to the page on which the recipient sees the booking, and may change it."""
        return self._page(f"booking/{booking.uid}", Purpose.MANAGE, booking, recipient, until)

    def cancel(self, booking: BookingSnapshot, recipient: Recipient, until: datetime) -> str:
        """Return the link to the page on which the recipient cancels what is theirs."""
        return self._page(f"booking/{booking.uid}/cancel", Purpose.MANAGE, booking, recipient, until)

    def reschedule(self, booking: BookingSnapshot, recipient: Recipient, until: datetime) -> str:
        """Return the link to the page on which the recipient chooses another time."""
        return self._page(f"booking/{booking.uid}/reschedule", Purpose.MANAGE, booking, recipient, until)

    def approve(self, booking: BookingSnapshot, recipient: Recipient, until: datetime) -> str:
        """Return the link to the page on which the host confirms a request."""
        return self._page(f"booking/{booking.uid}/approve", Purpose.APPROVE, booking, recipient, until)

    def decline(self, booking: BookingSnapshot, recipient: Recipient, until: datetime) -> str:
        """Return the link to the page on which the host rejects a request."""
        return self._page(f"booking/{booking.uid}/decline", Purpose.DECLINE, booking, recipient, until)

    def attend(self, booking: BookingSnapshot, recipient: Recipient, until: datetime) -> str:
        """Return the link by which the recipient says that the booking is in their calendar."""
        attendance = Attendance(booking.id, recipient.address, until)
        return f"{self.base_url}{PATH}?token={token_of(self.key, attendance)}"

    def _page(
        self, path: str, purpose: Purpose, booking: BookingSnapshot, recipient: Recipient, until: datetime
    ) -> str:
        grant = Grant(
            purpose=purpose,
            booking_uid=booking.uid,
            recipient=recipient.email,
            expires_at=until,
            user_id=recipient.user_id,
            seat_uid=recipient.seat_uid,
        )
        return f"{self.base_url}/{path}?token={issue(self.key, grant)}"
