"""Decompressing what comes in pieces, into pieces of bounded size."""

import zlib
from collections.abc import Iterator

_PIECE_BYTES = 65_536


class Gunzip:
    """Decompresses one body in the format of gzip, which may have several members (RFC 1952, 2.2)."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self.is_complete = True
        """Whether the body may end here."""

    def pieces_of(self, data: bytes) -> Iterator[bytes]:
        """Return what is in the next bytes, a piece at a time.

        Raises:
            zlib.error: that is not gzip.
        """
        while data:
            self.is_complete = False
            while piece := self._member.decompress(data, _PIECE_BYTES):
                yield piece
                data = self._member.unconsumed_tail
            if not self._member.eof:
                return
            # Some pad the last member with zeros.
            data = self._member.unused_data.lstrip(b"\0")
            self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            self.is_complete = True
