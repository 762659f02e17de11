"""The parts of uvicorn that it does not promise to keep; nothing else of ours uses them.

`tests/cli/test_uvicorn_internals.py` fails when an upgrade changes what we rely on.
"""

import multiprocessing

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn import _subprocess
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

__all__ = [
    "HttpParserError",
    "HttpParserUpgrade",
    "HttpToolsProtocol",
    "RequestResponseCycle",
    "fork_processes_from",
]


def fork_processes_from(module: str) -> None:
    """Let uvicorn fork its processes from one that has loaded `module` and done nothing else.

    Each would else load it by itself, which takes seconds of a processor: at the start for every worker, and
    again for one that takes the place of another.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([module])
    _subprocess.spawn = context  # type: ignore[assignment]  # contexts differ in how a process begins only
