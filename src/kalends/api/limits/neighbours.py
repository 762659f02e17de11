"""Servers on the same data folder, so that what each counts in its memory is not counted apart."""

import os
import time
from contextlib import suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from secrets import token_hex
from weakref import finalize

FOLDER = "servers"

_TICK_NS = 1_000_000_000
"""How coarse the times of folders may be: one that changed within it may change again unseen."""

_LOOKED_AGAIN_AFTER_NS = 30_000_000_000
"""When a server that is not alone looks whether it is again: the death of another changes no folder."""


class Neighbours:
    """What one server knows of others on its data folder.

    Each has a file of its own, locked for as long as its process lives. Whether the folder has changed is all
    that is looked at usually.
    """

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir.expanduser() / FOLDER
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = token_hex(8)
        self._own, unseen = self._folder / name, self._folder / f".{name}"
        opened = os.open(unseen, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        flock(opened, LOCK_EX | LOCK_NB)
        # Others see it only once it is locked, and so never take it for that of a server that has died.
        unseen.rename(self._own)
        self._leave = finalize(self, _leave, self._own, opened)
        self._changed_ns = self._looked_ns = 0
        self._is_alone = False

    def close(self) -> None:
        """Be gone, for the others."""
        self._leave()

    @property
    def is_alone(self) -> bool:
        """Whether no other server runs on the data folder now."""
        changed_ns, now_ns = self._folder.stat().st_mtime_ns, time.time_ns()
        is_certain = changed_ns == self._changed_ns and self._looked_ns - changed_ns > _TICK_NS
        is_stale = not 0 <= now_ns - self._looked_ns < _LOOKED_AGAIN_AFTER_NS and not self._is_alone
        if not is_certain or is_stale:
            self._changed_ns, self._looked_ns = changed_ns, now_ns
            others = [file for file in self._folder.glob("[!.]*") if file != self._own]
            self._is_alone = not any(_is_alive(file) for file in others)
        return self._is_alone


def _is_alive(file: Path) -> bool:
    """Tell whether the server of a file still runs; the file of one that does not is removed."""
    try:
        opened = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        flock(opened, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(opened)
    file.unlink(missing_ok=True)
    return False


def _leave(file: Path, opened: int) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)
    os.close(opened)
