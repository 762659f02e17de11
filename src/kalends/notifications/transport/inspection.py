"""The last look at a message before it leaves."""

from kalends.notifications.content.head import is_known
from kalends.notifications.transport.failures import PermanentFailure


def check_head(message: bytes) -> None:
    """Check that a message has the headers of a mail and no others, whichever release has written it.

    Raises:
        PermanentFailure: it has others.
    """
    if not is_known(message):
        raise PermanentFailure("The message has headers that no mail has, or one of them twice")
