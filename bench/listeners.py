"""Who is told things by a server under load: a subscriber and a mail server, which can be made to hang."""

import json
import re
import socketserver
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HANGS_SECONDS = 3_600.0
_MESSAGE_ID = re.compile(rb"(?im)^message-id:\s*(<[^>]+>)")


@dataclass(slots=True)
class Heard:
    """What listeners heard: the ids of deliveries by booking, and how often each mail came."""

    deliveries: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    mails: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    is_mail_hanging: threading.Event = field(default_factory=threading.Event)
    webhook_port: int = 0
    mail_port: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hears_delivery(self, uid: str, delivery_id: str) -> None:
        """Note a delivery."""
        with self._lock:
            self.deliveries[uid].append(delivery_id)

    def hears_mail(self, message: bytes) -> None:
        """Note a mail."""
        found = _MESSAGE_ID.search(message)
        with self._lock:
            self.mails[found[1].decode() if found else ""] += 1

    @property
    def told(self) -> set[str]:
        """The bookings that deliveries told of."""
        with self._lock:
            return set(self.deliveries)

    @property
    def count(self) -> int:
        """How many deliveries and mails came, repeated ones too."""
        with self._lock:
            return sum(map(len, self.deliveries.values())) + sum(self.mails.values())

    @property
    def told_twice(self) -> int:
        """Of how many bookings two deliveries told, each with an id of its own."""
        with self._lock:
            return sum(len(set(ids)) > 1 for ids in self.deliveries.values())

    @property
    def repeats(self) -> int:
        """How many deliveries and mails came again under their id, as after the death of a worker."""
        with self._lock:
            deliveries = sum(len(ids) - len(set(ids)) for ids in self.deliveries.values())
            return deliveries + sum(count - 1 for count in self.mails.values())


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handler: type[socketserver.StreamRequestHandler], heard: Heard) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.heard = heard

    def handle_error(self, *_: object) -> None:
        """Let whoever goes away in the middle go."""


class _Webhooks(socketserver.StreamRequestHandler):
    """Answers 200 to a delivery; never to one at `/silent`."""

    server: _Listener

    def handle(self) -> None:
        """Take one delivery."""
        path = self.rfile.readline().split(b" ")[1]
        headers: dict[bytes, bytes] = {}
        while (line := self.rfile.readline().rstrip()) != b"":
            name, _, value = line.partition(b":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers[b"content-length"]))
        if path.startswith(b"/silent"):
            threading.Event().wait(HANGS_SECONDS)
            return
        told = json.loads(body)
        self.server.heard.hears_delivery(told["payload"]["uid"], headers[b"webhook-id"].decode())
        self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")


class _Mails(socketserver.StreamRequestHandler):
    """A mail server that takes everything, or greets nobody."""

    server: _Listener

    def handle(self) -> None:
        """Talk to one client."""
        if self.server.heard.is_mail_hanging.is_set():
            threading.Event().wait(60)
            return
        self._say(b"220 listening")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self._say(b"354 go on")
                self.server.heard.hears_mail(self._message())
            self._say(b"221 bye" if word == b"QUIT" else b"250 ok")

    def _message(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)

    def _say(self, text: bytes) -> None:
        self.wfile.write(text + b"\r\n")


@contextmanager
def listening() -> Iterator[Heard]:
    """Run both listeners on this machine."""
    heard = Heard()
    with _Listener(_Webhooks, heard) as webhooks, _Listener(_Mails, heard) as mails:
        heard.webhook_port, heard.mail_port = webhooks.server_address[1], mails.server_address[1]
        for listener in (webhooks, mails):
            threading.Thread(target=listener.serve_forever, daemon=True).start()
        yield heard
        for listener in (webhooks, mails):
            listener.shutdown()
