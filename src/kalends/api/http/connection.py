"""One connection of a client: what is bounded before any other code of ours runs.

Size and fields of the head of a request, the time that head and body may take, the time in which a client
takes what it is sent, and the number of connections. Who waits longest without having asked anything makes
room for who comes when there are too many. Refusals that strangers can cause in any number are counted, not
logged one by one.
"""

import asyncio
import time
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus
from typing import TypeAlias

import structlog
from prometheus_client import Counter, Gauge

from kalends.api.output import envelope
from kalends.api.output.errors import DomainError, ServiceUnavailable
from kalends.api.refusals import NoHttpRequest
from kalends.operations.files import files_allowed, most_connections
from kalends.operations.process import REGISTRY
from kalends.settings import Settings, get_settings
from kalends.uvicorn_internals import (
    HttpParserError,
    HttpParserUpgrade,
    HttpToolsProtocol,
    RequestResponseCycle,
)

_PIECE = 16_384
"""Most bytes that are parsed before the bounds are looked at again."""

_FIELD_OVERHEAD = len(b": \r\n")
_BETWEEN_NOTES_SECONDS = 60.0
_ALLOWED_WHILE_CLOSING_SECONDS = 5.0
_BODY_WHILE_STOPPING_SECONDS = 2.0

_log = structlog.get_logger(__name__)

_refused = Counter(
    "kalends_http_refused", "Requests that ended before they were known.", ["reason"], registry=REGISTRY
)
_open = Gauge("kalends_http_connections", "Connections of clients.", registry=REGISTRY)


class RequestTimeout(DomainError):
    """408: the rest of a request did not come in time."""

    status = 408
    code = "RequestTimeoutException"


class HeadTooLarge(DomainError):
    """431: request line and headers are larger, or more, than the server reads."""

    status = 431
    code = "RequestHeaderFieldsTooLargeException"


class _Stage(Enum):
    """What a connection waits for."""

    HEAD = auto()
    """The rest of request line and headers, or of a connection's first request anything at all."""

    BODY = auto()
    NOTHING = auto()


@dataclass(slots=True)
class _Notes:
    """Notes to the operator about what strangers can cause: one a minute and kind, with how often it was."""

    _next_at: dict[str, float] = field(default_factory=dict)
    _untold: dict[str, int] = field(default_factory=dict)

    def note(self, event: str, advice: str) -> None:
        now = time.monotonic()
        self._untold[event] = self._untold.get(event, 0) + 1
        if now >= self._next_at.get(event, now):
            self._next_at[event] = now + _BETWEEN_NOTES_SECONDS
            _log.warning(event, times=self._untold.pop(event), advice=advice)


@dataclass(slots=True)
class Crowd:
    """The connections of a process.

    `without_request` has the idle ones, the one that has been idle longest first.
    """

    is_open: set["BoundedConnection"] = field(default_factory=set)
    without_request: dict["BoundedConnection", None] = field(default_factory=dict)
    notes: _Notes = field(default_factory=_Notes)


_CROWD = Crowd()

Timer: TypeAlias = asyncio.TimerHandle


class BoundedConnection(HttpToolsProtocol):
    """A connection whose requests are bounded by the settings of this process."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]  # whatever uvicorn passes
        self._settings: Settings = get_settings()
        self._crowd = _CROWD
        self._stage = _Stage.HEAD
        self._head_bytes = 0
        self._unparsed_bytes = 0
        self._has_begun = False
        self._is_deaf = False
        self._patience: Timer | None = None
        self._writing: Timer | None = None

    # --- Coming and going ----------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn
        """Take a connection, or refuse it when there are too many that are busy."""
        super().connection_made(transport)
        self._crowd.is_open.add(self)
        _open.set(len(self._crowd.is_open))
        self._look_at_files(transport)
        if len(self._crowd.is_open) > most_connections(self._settings) and not self._make_room():
            self._crowd.notes.note(
                "connections are refused",
                "all are busy: raise KALENDS_CONNECTIONS_MOST, or put a proxy in front that queues",
            )
            self._refuse("connections", _TooManyConnections())
            return
        self._crowd.without_request[self] = None
        self._await(_Stage.HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        self._crowd.is_open.discard(self)
        self._crowd.without_request.pop(self, None)
        _open.set(len(self._crowd.is_open))
        self._stop_timers()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End once the request under way is answered; what is missing of its body has to come soon.

        One whose head has not come completely ends at once.
        """
        if self._has_answered:
            self._close()
            return
        super().shutdown()
        if self._stage is _Stage.BODY:
            self._enter(_Stage.BODY)
            self._patience = self.loop.call_later(_BODY_WHILE_STOPPING_SECONDS, self._lose_patience)

    def end(self) -> None:
        """Close the connection to make room for another."""
        self._close()

    def _make_room(self) -> bool:
        """Close the connection that has been idle longest; False: none is idle."""
        idle = next(iter(self._crowd.without_request), None)
        if idle is None:
            return False
        del self._crowd.without_request[idle]
        self._crowd.is_open.discard(idle)
        _refused.labels("idle").inc()
        idle.end()
        return True

    def _look_at_files(self, transport: asyncio.Transport) -> None:
        """Tell the operator when a connection took the last file that this process may open.

        Those after it are dropped by the event loop, which tells nobody.
        """
        taken = transport.get_extra_info("socket")
        if taken is not None and taken.fileno() >= files_allowed() - 1:
            _refused.labels("files").inc()
            self._crowd.notes.note(
                "no file can be opened: connections are dropped",
                "raise the limit of open files (ulimit -n, LimitNOFILE=), or lower KALENDS_CONNECTIONS_MOST",
            )

    # --- Receiving -----------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Parse what came, and refuse what is broken, too large or too slow."""
        if self._is_deaf:
            return
        self._unset_keepalive_if_required()
        if len(data) <= _PIECE:
            self._parse(data)
        else:
            for begin in range(0, len(data), _PIECE):
                self._parse(data[begin : begin + _PIECE])
        if self._stage is _Stage.NOTHING:
            self._rest()
        elif self._patience is None:
            self._await(self._stage)

    def _parse(self, piece: bytes) -> None:
        if self._is_deaf:
            return
        was_in_head = self._stage is _Stage.HEAD
        try:
            self.parser.feed_data(piece)
        except HttpParserUpgrade:
            # There is no other protocol here: the request is answered as any, and is the last.
            self._is_deaf = True
            self.cycle.keep_alive = False
        except HttpParserError as error:
            self._refuse_broken(error)
        if was_in_head and self._stage is _Stage.HEAD:
            self._unparsed_bytes += len(piece)
            if self._unparsed_bytes > self._settings.request_head_bytes + _PIECE:
                self._refuse("head", self._too_large())

    def on_message_begin(self) -> None:
        """Begin to measure the head of a request."""
        super().on_message_begin()
        self._enter(_Stage.HEAD)
        self._has_begun = True
        self._head_bytes = self._unparsed_bytes = 0

    def on_url(self, url: bytes) -> None:
        """Take a part of the request line."""
        super().on_url(url)
        self._head_bytes += len(url)
        if self._head_bytes > self._settings.request_head_bytes:
            raise self._too_large()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header, or a trailer."""
        self._head_bytes += len(name) + len(value) + _FIELD_OVERHEAD
        if self._head_bytes > self._settings.request_head_bytes:
            raise self._too_large()
        if len(self.headers) >= self._settings.request_head_fields:
            raise self._too_many()
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Hand the request to the application."""
        super().on_headers_complete()
        self._crowd.without_request.pop(self, None)
        self._enter(_Stage.BODY)

    def on_message_complete(self) -> None:
        """Note that the request has arrived completely."""
        super().on_message_complete()
        self._enter(_Stage.NOTHING)

    def on_response_complete(self) -> None:
        """Note that the connection is idle, unless the client has already sent more."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._abort_later(self._settings.answer_seconds)
        elif self._has_answered and self in self._crowd.is_open:
            self._crowd.without_request[self] = None

    def timeout_keep_alive_handler(self) -> None:
        """End a connection that has been idle for too long."""
        self._close()

    @property
    def _latest(self) -> RequestResponseCycle | None:
        """The request that came last; None: none has come yet."""
        return self.cycle

    @property
    def _has_answered(self) -> bool:
        """Whether no request is known that still needs an answer."""
        return self._latest is None or self._latest.response_complete

    def _rest(self) -> None:
        """Wait a while for the next request, if the last one is answered already."""
        if self._has_answered and self.timeout_keep_alive_task is None and not self.transport.is_closing():
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def _too_large(self) -> HeadTooLarge:
        most = self._settings.request_head_bytes
        return HeadTooLarge(f"Request line and headers are too large; at most {most} bytes are read.")

    def _too_many(self) -> HeadTooLarge:
        return HeadTooLarge(f"At most {self._settings.request_head_fields} headers are read.")

    # --- Patience ------------------------------------------------------------------------------------

    def _enter(self, stage: _Stage) -> None:
        self._stage = stage
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _await(self, stage: _Stage) -> None:
        """Give the client its time for the rest of a head or a body."""
        settings = self._settings
        seconds = settings.request_head_seconds if stage is _Stage.HEAD else settings.request_body_seconds
        self._patience = self.loop.call_later(seconds, self._lose_patience)

    def _lose_patience(self) -> None:
        self._patience = None
        if self.flow.read_paused:
            # We are the ones who do not read: an earlier request is still being answered.
            self._await(self._stage)
        elif not self._has_begun:
            _refused.labels("silent").inc()
            self._close()
        else:
            part = "head" if self._stage is _Stage.HEAD else "body"
            self._refuse("slow", RequestTimeout(f"The rest of the request's {part} did not come in time."))

    def pause_writing(self) -> None:
        """Give the client its time to take what it is sent."""
        super().pause_writing()
        self._writing = self.loop.call_later(self._settings.answer_seconds, self._abort)

    def resume_writing(self) -> None:
        """Go on sending."""
        super().resume_writing()
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    def _abort(self) -> None:
        _refused.labels("unread").inc()
        self.transport.abort()

    def _stop_timers(self) -> None:
        for timer in (self._patience, self._writing):
            if timer is not None:
                timer.cancel()
        self._patience = self._writing = None

    # --- Refusing ------------------------------------------------------------------------------------

    def _refuse_broken(self, error: HttpParserError) -> None:
        cause = error.__context__
        if isinstance(cause, HeadTooLarge):
            self._refuse("head", cause)
        else:
            self._crowd.notes.note("requests that are no HTTP were refused", "each is counted in /metrics")
            self._refuse("broken", NoHttpRequest())

    def _refuse(self, reason: str, refusal: DomainError) -> None:
        """Answer the request that is coming in, and stop reading.

        Where an earlier request is still being answered, its answer is the last.
        """
        _refused.labels(reason).inc()
        self._is_deaf = True
        self._enter(_Stage.NOTHING)
        if self.pipeline or (not self._has_answered and self.cycle.response_started):
            self._close()
        elif not self._has_answered and not self.cycle.more_body:
            self.cycle.keep_alive = False
        else:
            self.transport.write(_answer(refusal))
            self._leave()

    def _leave(self) -> None:
        """End our side of the connection; what the client is still sending is thrown away for a while.

        Closed at once, its system would throw away the refusal, unread.
        """
        if self._latest is not None:
            self._latest.disconnected = True
            self._latest.message_event.set()
        self.transport.write_eof()
        self._abort_later(_ALLOWED_WHILE_CLOSING_SECONDS)

    def _close(self) -> None:
        """Close the connection once the client has what was written, or does not take it."""
        self._is_deaf = True
        self._enter(_Stage.NOTHING)
        self.transport.close()
        self._abort_later(_ALLOWED_WHILE_CLOSING_SECONDS)

    def _abort_later(self, seconds: float) -> None:
        if self._writing is not None:
            self._writing.cancel()
        self._writing = self.loop.call_later(seconds, self.transport.abort)


class _TooManyConnections(ServiceUnavailable):
    """503: there are too many connections."""

    message = "The server has too many connections. Please try again."
    retry_after = 1


def _answer(refusal: DomainError) -> bytes:
    """Return a whole answer; the path is not told, as it may not be known."""
    body = bytes(envelope.failure(refusal, "").body)
    head = [
        f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}",
        f"content-type: {envelope.JSON_MEDIA_TYPE}",
        f"content-length: {len(body)}",
        "x-content-type-options: nosniff",
        "connection: close",
    ]
    if isinstance(refusal, ServiceUnavailable):
        head.append(f"retry-after: {refusal.retry_after}")
    return "\r\n".join([*head, "", ""]).encode() + body
