"""Servers on loopback that speak HTTP, TLS or the language of proxies, well or badly."""

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Handler = Callable[[str, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""Answers one request, of which it gets the head."""


@dataclass(slots=True)
class Web:
    """A running server: its port, how many connections it took, and the heads of the requests."""

    port: int = 0
    connections: int = 0
    heads: list[str] = field(default_factory=list)


@asynccontextmanager
async def serving(handle: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[Web]:
    """Run a server that answers every request of a connection with a handler."""
    web = Web()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        web.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                web.heads.append((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
                await handle(web.heads[-1], reader, writer)
        writer.transport.abort()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(begin, "127.0.0.1", 0, ssl=tls)
    web.port = server.sockets[0].getsockname()[1]
    try:
        yield web
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def answers(body: bytes = b"", *headers: str, status: int = 200) -> Handler:
    """Answer at once, and go on."""

    async def handle(_head: str, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", *headers, "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        await writer.drain()

    return handle


def never_ends(begin: bytes, piece: bytes) -> Handler:
    """Begin an answer, and send pieces for ever."""

    async def handle(_head: str, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(begin)
        while True:
            writer.write(piece)
            await writer.drain()

    return handle


def stops_after(begin: bytes) -> Handler:
    """Begin an answer, and hang until the sender gives up."""

    async def handle(_head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(begin)
        await writer.drain()
        await reader.read()

    return handle


@dataclass(slots=True)
class FakeProxy:
    """What a proxy does: whatever it is asked for leads to `port` of this machine, or gets `status`."""

    port: int
    status: int = 200
    unreachable: Sequence[str] = ()

    async def __call__(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Make a tunnel."""
        authority = head.split(" ")[1]
        status = 502 if authority in self.unreachable else self.status
        writer.write(f"HTTP/1.1 {status} Whatever\r\n\r\n".encode())
        if status != 200:
            await writer.drain()
            raise ConnectionAbortedError
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))
        finally:
            inner_writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()


@dataclass(frozen=True, slots=True)
class Names:
    """A resolver: the addresses of each name, the same for all look-ups or a list for each."""

    addresses: Mapping[str, Sequence[str] | Sequence[Sequence[str]]]
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str) -> Sequence[str]:
        """Return the addresses of a name."""
        self.asked.append(host)
        if host not in self.addresses:
            raise OSError("no such name")
        found = self.addresses[host]
        if found and not isinstance(found[0], str):
            return found[min(self.asked.count(host), len(found)) - 1]
        return [address for address in found if isinstance(address, str)]


@dataclass(slots=True)
class SlowNames:
    """A resolver that knows no name that begins with `slow` until it is released."""

    released: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str) -> Sequence[str]:
        """Return the address of a name."""
        self.asked.append(host)
        if host.startswith("slow"):
            self.released.wait()
        if host.startswith("missing"):
            raise OSError("no such name")
        return ["127.0.0.1"]


class Authority:
    """Issues certificates; `path` is the file of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        self._certificate = self._issue(self._name, self._key, None)
        self.path = folder / "authority.pem"
        self.path.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def server_context(self, name: str) -> ssl.SSLContext:
        """Return what serves TLS with a certificate for a name."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._issue(x509.Name([]), key, name)
        path = self._folder / f"{name}.pem"
        path.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _issue(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, name: str | None
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=name is None, path_length=None), critical=True)
        )
        if name is not None:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        return builder.sign(self._key, hashes.SHA256())
