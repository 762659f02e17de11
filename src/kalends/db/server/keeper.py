"""Who looks after the embedded server while a process uses it: what has died is started again."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from kalends.db.errors import DatabaseFault

_LOOK_SECONDS = 0.5
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 5.0

_log = structlog.get_logger(__name__)


@contextmanager
def looked_after(is_running: Callable[[], bool], start: Callable[[], None]) -> Iterator[None]:
    """Have a thread look whether the server runs, and start it when it does not, until the block ends.

    A start that fails is tried again after a pause, which doubles up to `_LONGEST_PAUSE_SECONDS`: so a server
    that found no room on its disk works again soon after there is some. Processes that share the server take
    turns inside `start`, and all but the first find it running.
    """
    is_over = threading.Event()
    thread = threading.Thread(target=_look, args=(is_running, start, is_over), name="database", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _look(is_running: Callable[[], bool], start: Callable[[], None], is_over: threading.Event) -> None:
    pause = _FIRST_PAUSE_SECONDS
    tries = 0
    while not is_over.wait(pause if tries else _LOOK_SECONDS):
        try:
            if is_running():
                continue
            if tries == 0:
                _log.error("the database has stopped", consequence="it is started again")
            start()
        except (DatabaseFault, OSError) as error:
            tries += 1
            if tries.bit_count() == 1:
                _log.error("the database does not start", error=str(error), tries=tries)
            pause = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2 ** min(tries, 8))
        else:
            _log.warning("the database runs again", tries=tries + 1)
            pause, tries = _FIRST_PAUSE_SECONDS, 0
