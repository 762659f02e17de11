"""A mail server, a worker that sends to it, and a browser for the links in mails."""

from tests.notifications.conftest import mailbox, office
from tests.web.conftest import browser

__all__ = ["browser", "mailbox", "office"]
