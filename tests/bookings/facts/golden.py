"""The golden facts of each version: real stored texts by what happened, and what followed from them then.

Release 0.1.0 wrote `version-0.json`, the release that raised the version each of the others, with their
consequences beside them. The stored texts never change again. After a new version, or when what webhooks or
mails say was changed on purpose, `WRITE_GOLDEN=1 .venv/bin/pytest tests/bookings/facts -n 0` writes the facts
of the present version, if there are none yet, and all consequences.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kalends.notifications.content.messages import readable
from tests.bookings.facts.consequences import bodies_of, mails_of

IS_WRITTEN = os.environ.get("WRITE_GOLDEN") == "1"

_FOLDER = Path(__file__).parent / "golden"


def facts_of_version(version: int) -> dict[str, bytes]:
    """Return the stored texts of a version by what happened."""
    return {title: text.encode() for title, text in _read(f"version-{version}.json").items()}


def write_facts(version: int, stored: Mapping[str, bytes]) -> None:
    """Keep stored texts as those of a version that has none yet."""
    if not (_FOLDER / f"version-{version}.json").exists():
        _write(f"version-{version}.json", {title: text.decode() for title, text in stored.items()})


def consequences_of_version(version: int) -> dict[str, Any]:
    """Return what followed from the facts of a version, by what happened."""
    return _read(f"version-{version}.consequences.json")


def write_consequences(version: int) -> None:
    """Keep what follows from the facts of a version now."""
    now = {title: consequences_of(text) for title, text in facts_of_version(version).items()}
    _write(f"version-{version}.consequences.json", now)


def consequences_of(stored: bytes) -> dict[str, Any]:
    """Return what follows from a stored text: deliveries, and the text and a digest of each mail."""
    return {
        "bodies": bodies_of(stored),
        "mails": [
            {
                "to": to,
                "unsent": reason,
                "text": readable(message).splitlines(),
                "sha256": hashlib.sha256(message).hexdigest(),
            }
            for to, reason, message in mails_of(stored)
        ],
    }


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_FOLDER / name).read_text())
    return found


def _write(name: str, value: object) -> None:
    (_FOLDER / name).write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")
