"""What of uvicorn's inside several processes rely on; an upgrade that changes it fails here."""

import multiprocessing

import pytest
import uvicorn
from uvicorn import _subprocess
from uvicorn.supervisors import multiprocess

from kalends.uvicorn_internals import fork_processes_from


async def app() -> None:
    """Stand for an application."""


def test_processes_begin_by_the_context_that_we_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_subprocess, "spawn", _subprocess.spawn)
    fork_processes_from("kalends.app")
    process: object = _subprocess.get_subprocess(uvicorn.Config(app), target=print, sockets=[])
    assert isinstance(process, multiprocessing.get_context("forkserver").Process)


def test_the_supervisor_begins_its_processes_that_way_and_says_how_they_ended() -> None:
    assert vars(multiprocess)["get_subprocess"] is _subprocess.get_subprocess
    assert multiprocess.Multiprocess(uvicorn.Config(app, workers=2), []).processes == []
    assert isinstance(multiprocess.Process.exitcode, property)
