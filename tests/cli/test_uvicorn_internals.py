"""What of uvicorn's inside several processes rely on; an upgrade that changes it fails here."""

import multiprocessing

import httptools
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn import _subprocess
from uvicorn.server import ServerState
from uvicorn.supervisors import multiprocess

from kalends.uvicorn_internals import HttpParserError, HttpToolsProtocol, fork_processes_from


async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
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


async def test_a_connection_has_what_ours_relies_on() -> None:
    config = uvicorn.Config(app, http="kalends.api.http.connection:BoundedConnection")
    config.load()
    connection = config.http_protocol_class(config, ServerState(), {})  # type: ignore[call-arg]  # as uvicorn calls it
    assert isinstance(connection, HttpToolsProtocol)
    for name in ("cycle", "flow", "headers", "loop", "parser", "pipeline", "timeout_keep_alive_task"):
        assert hasattr(connection, name)
    for method in ("on_message_begin", "on_headers_complete", "on_message_complete", "on_response_complete"):
        assert callable(getattr(HttpToolsProtocol, method))


def test_what_a_callback_raises_is_the_context_of_the_parsers_error() -> None:
    class Refusing:
        def on_url(self, _url: bytes) -> None:
            raise KeyError("this one")

    with pytest.raises(HttpParserError) as caught:
        httptools.HttpRequestParser(Refusing()).feed_data(b"GET / HTTP/1.1\r\n\r\n")
    assert isinstance(caught.value.__context__, KeyError)
