"""`kalends doctor`: is everything in order here?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from kalends.cli.common import DatabaseUrl, DataDir, Json, Refused, show, table, use_settings

if TYPE_CHECKING:
    from kalends.operations.doctor import Check


def doctor(data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """Check settings, zone data, disk, mail, database, clock and migrations; status 1 for a problem."""
    checks = _examine(data_dir, database_url)
    is_ok = all(check.verdict != "problem" for check in checks)
    facts = [
        {"name": check.name, "verdict": check.verdict, "found": check.found, "advice": check.advice}
        for check in checks
    ]
    rows = [(check.verdict, check.name, check.found) for check in checks]
    todo = [f"{check.name}: {check.advice}." for check in checks if check.advice]
    lines = [*table(("", "CHECK", "FOUND"), rows), *(["", "To do:", *todo] if todo else [])]
    show({"ok": is_ok, "checks": facts}, lines, as_json=as_json)
    if not is_ok:
        raise typer.Exit(1)


def _examine(data_dir: DataDir, database_url: DatabaseUrl) -> "Sequence[Check]":
    from kalends.operations.doctor import Check, examine

    try:
        settings = use_settings(data_dir, database_url)
    except Refused as error:
        return [Check("settings", "problem", str(error), "Correct the variable")]
    return examine(settings)
