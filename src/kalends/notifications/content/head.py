"""The head of a message, written here so that it is the same on every Python (notifications.md 4).

Whatever people write stays the value of the header that it was meant for. A text that is not plain is encoded
as a whole. One that spells encoded words loses them: programs that write a header anew decode them once more,
with the line breaks in them.
"""

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from email.parser import BytesHeaderParser
from email.policy import compat32

from kalends.localization.plain import one_line

_LONGEST_LINE = 76
_LONGEST_ADDRESS = 320
_LONGEST_NAME = 200
_LONGEST_SUBJECT = 300
_LONGEST_PIECE = 45  # bytes of an encoded word, which may have 75 characters (RFC 2047, section 2)

# Clients that send to what they read in a name take these for the ends of an address (notifications.md 1).
_UNWANTED = re.compile(r'[;,"<>():]')

_PLAIN = re.compile(r"[ -~]*")
_ENCODED_WORD = re.compile(r"=\?[^?]*\?[bq]\?[^?]*\?=", re.IGNORECASE)
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[A-Za-z0-9.:]+\])"
)

_OF_ITS_PARTS = ("MIME-Version", "Content-Type")
_KNOWN = frozenset(
    [
        *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
        *("Auto-Submitted", "X-Auto-Response-Suppress", *_OF_ITS_PARTS, "Content-Transfer-Encoding"),
    ]
)


class Head:
    """The headers that a message is to have, in their order."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def add_text(self, name: str, text: str) -> None:
        """Add a header that people read, in one line and cut where it gets too long."""
        self._values[name] = _text(_shown(text, _LONGEST_SUBJECT))

    def add_people(self, name: str, people: Sequence[tuple[str, str]]) -> None:
        """Add a header of names, which may be empty, and addresses.

        Raises:
            ValueError: an address cannot be written into a message.
        """
        self._values[name] = ", ".join(_person(shown, address) for shown, address in people)

    def add(self, name: str, value: str) -> None:
        """Add a header whose value is the server's own."""
        self._values[name] = value

    def encode(self) -> bytes:
        """Return the lines of the headers."""
        return "".join(_lines(name, value) for name, value in self._values.items()).encode("ascii")

    def check(self, message: bytes) -> None:
        """Check that a finished message has these headers, those of its parts, and no other.

        Raises:
            ValueError: it has not.
        """
        parsed = BytesHeaderParser(policy=compat32).parsebytes(message)
        found = [(name, re.sub(r"\r?\n", "", str(value))) for name, value in parsed.items()]
        of_parts = [(name, value) for name, value in found if name in _OF_ITS_PARTS]
        meant = [*self._values.items(), *of_parts]
        if Counter(found) != Counter(meant) or len(of_parts) != len(_OF_ITS_PARTS):
            raise ValueError("its head is not as it was meant")
        if parsed.get_content_maintype() != "multipart":
            raise ValueError("its text is not as it was meant")


def is_known(message: bytes) -> bool:
    """Tell whether a message, whoever wrote it and when, has only headers that mails have, each once."""
    names = BytesHeaderParser(policy=compat32).parsebytes(message).keys()
    return len(set(names)) == len(names) and set(names) <= _KNOWN


def is_writable(address: str) -> bool:
    """Tell whether an address can be written into a message."""
    return len(address) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(address) is not None


def _shown(text: str, longest: int) -> str:
    """Return a text in one line, cut to a length, in which nothing is an encoded word."""
    cut = one_line(text)[:longest]
    return one_line(_ENCODED_WORD.sub(" ", cut).replace("=?", "= ?"))


def _text(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else " ".join(_encoded_words(text))


def _person(name: str, address: str) -> str:
    if not is_writable(address):
        raise ValueError(f"{one_line(address)!r} is no address that mail can be sent to or from")
    shown = _shown(_UNWANTED.sub(" ", name), _LONGEST_NAME)
    return f"{_phrase(shown)} <{address}>" if shown else address


def _phrase(text: str) -> str:
    if not _PLAIN.fullmatch(text):
        return " ".join(_encoded_words(text))
    if _ATOMS.fullmatch(text):
        return text
    return '"{}"'.format(re.sub(r'([\\"])', r"\\\1", text))


def _encoded_words(text: str) -> Iterator[str]:
    """Yield a text as encoded words, each of whole characters; readers drop the spaces between them."""
    piece = b""
    for sign in text:
        encoded = sign.encode()
        if len(piece) + len(encoded) > _LONGEST_PIECE:
            yield _encoded_word(piece)
            piece = b""
        piece += encoded
    yield _encoded_word(piece)


def _encoded_word(piece: bytes) -> str:
    return f"=?utf-8?b?{b64encode(piece).decode()}?="


def _lines(name: str, value: str) -> str:
    """Return a header, folded before a word that would make its line too long."""
    line, *words = f"{name}: {value}".split(" ")
    lines = []
    for word in words:
        # The first word stays with the name: a line of a name alone is read as an empty header by some.
        if len(line) + 1 + len(word) > _LONGEST_LINE and line != f"{name}:":
            lines.append(line)
            line = ""
        line = f"{line} {word}"
    return "".join(f"{one}\r\n" for one in [*lines, line])
