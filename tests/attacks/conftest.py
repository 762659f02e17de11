"""What attacks need of the other tests: a subscriber, a mail server, and workers that work when told to."""

from tests.notifications.conftest import mailbox, office
from tests.webhooks.conftest import post, receiver

__all__ = ["mailbox", "office", "post", "receiver"]
