"""The disk of the embedded database: watched, so that a full one is told before PostgreSQL stops for it."""

import shutil
import time
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import structlog

from kalends.db.errors import DiskFull

_LOOK_SECONDS = 0.5
_BETWEEN_NOTES_SECONDS = 3_600.0
_ADVICE = "make room, or move the data folder to a larger disk"

_log = structlog.get_logger(__name__)


class DiskLevel(Enum):
    """How much room there is."""

    ENOUGH = "enough"
    LITTLE = "little"
    NONE = "none"


@dataclass(slots=True)
class Disk:
    """The disk of a folder.

    With less than `least` bytes free nothing is written, with less than `enough` the operator is told. It is
    looked at again at most twice a second, however often it is asked.
    """

    folder: Path
    least: int
    enough: int
    _free: int = 0
    _level: DiskLevel = DiskLevel.ENOUGH
    _looked_at: float = field(default=float("-inf"))
    _noted_at: float = field(default=float("-inf"))

    def free_bytes(self) -> int:
        """Return how much is free, and tell the operator when it is little, or there is room again."""
        now = time.monotonic()
        if now - self._looked_at >= _LOOK_SECONDS:
            self._looked_at = now
            self._free = shutil.disk_usage(self.folder).free
            self._note(level_of(self._free, least=self.least, enough=self.enough), now)
        return self._free

    def require_room(self) -> None:
        """Check that there is room for what a transaction writes.

        Raises:
            DiskFull: there is less than `least`.
        """
        if self.free_bytes() < self.least:
            raise DiskFull(
                f"The disk of {self.folder} is full: {self._free // 1_000_000} MB are free, and at least "
                f"{self.least // 1_000_000} MB are kept free; {_ADVICE}"
            )

    def _note(self, level: DiskLevel, now: float) -> None:
        is_new = level is not self._level
        is_bad = level is not DiskLevel.ENOUGH
        self._level = level
        if not is_new and not (is_bad and now - self._noted_at >= _BETWEEN_NOTES_SECONDS):
            return
        self._noted_at = now
        facts = {"folder": str(self.folder), "free_mb": self._free // 1_000_000}
        if level is DiskLevel.ENOUGH:
            _log.info("there is room on the disk again", **facts)
        elif level is DiskLevel.LITTLE:
            _log.warning("the disk is nearly full", advice=_ADVICE, **facts)
        else:
            _log.error("the disk is full: nothing is stored until there is room", advice=_ADVICE, **facts)


def level_of(free: int, *, least: int, enough: int) -> DiskLevel:
    """Return how much room so many free bytes are."""
    if free < least:
        return DiskLevel.NONE
    return DiskLevel.LITTLE if free < enough else DiskLevel.ENOUGH
