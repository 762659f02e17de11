"""Reading a template (webhooks.md 7)."""

import re
from dataclasses import dataclass

from kalends.bounded_cache import bounded_cache
from kalends.handlebars.errors import TemplateError
from kalends.handlebars.lexer import Piece, TagKind, pieces
from kalends.handlebars.nodes import Block, Call, Expression, Literal, Node, Output, Path, Text

MOST_NESTING = 50
"""How deep blocks, or parentheses, may stand in each other."""

MOST_WORDS = 20
"""Most names, values, signs and parentheses of one tag."""

_BLOCKS = ("if", "unless", "each", "with")
_INLINE = {"lookup": 2}


_KEPT_BYTES = 32_000_000
_BYTES_A_CHARACTER = 40
"""What nodes take, at most, for each character of their template."""


@bounded_cache(_KEPT_BYTES, lambda template: _BYTES_A_CHARACTER * len(template) + 1_000)
def parse(template: str) -> tuple[Node, ...]:
    """Return the nodes of a template.

    Raises:
        TemplateError: it is malformed, nested too deeply, or calls a helper that there is not.
    """
    return _Parser(pieces(template)).whole()


class _Parser:
    def __init__(self, found: list[Piece]) -> None:
        self._pieces = found
        self._next = 0

    def whole(self) -> tuple[Node, ...]:
        nodes = self._nodes(depth=0)
        if self._next < len(self._pieces):
            piece = self._pieces[self._next]
            name = "{{else}}" if piece.kind is TagKind.ELSE else f"{{{{/{piece.content}}}}}"
            raise TemplateError(f"line {piece.line}: {name} belongs to no block")
        return nodes

    def _nodes(self, depth: int) -> tuple[Node, ...]:
        """Return what stands before the next `{{else}}` or end of a block."""
        nodes: list[Node] = []
        while self._next < len(self._pieces):
            piece = self._pieces[self._next]
            if piece.kind in (TagKind.ELSE, TagKind.CLOSE):
                break
            self._next += 1
            if piece.kind is None:
                if piece.content:
                    nodes.append(Text(piece.content))
            elif piece.kind in (TagKind.OUTPUT, TagKind.RAW_OUTPUT):
                nodes.append(_output(piece))
            elif piece.kind is not TagKind.COMMENT:
                nodes.append(self._block(piece, piece.content, depth + 1))
        return tuple(nodes)

    def _block(self, opening: Piece, content: str, depth: int) -> Block:
        """Read a block whose opening tag was read, up to its end; an `else if` shares the end of its `if`."""
        if depth > MOST_NESTING:
            raise TemplateError(f"line {opening.line}: blocks are nested too deeply")
        head = _Head.read(opening, content)
        body = self._nodes(depth)
        otherwise: tuple[Node, ...] = ()
        middle = self._peek(opening, head)
        if middle.kind is TagKind.ELSE:
            self._next += 1
            if middle.content:
                otherwise = (self._block(middle, middle.content, depth + 1),)
                middle = self._peek(opening, head)
            else:
                otherwise = self._nodes(depth)
                middle = self._peek(opening, head)
            if middle.kind is TagKind.ELSE:
                raise TemplateError(f"line {middle.line}: a second {{{{else}}}} of one block")
        if opening.kind is not TagKind.ELSE:
            self._next += 1
            if middle.content != head.name:
                raise TemplateError(
                    f"line {middle.line}: {{{{/{middle.content}}}}} ends {{{{#{head.name}}}}} "
                    f"of line {opening.line}"
                )
        if opening.kind is TagKind.INVERSE:
            body, otherwise = otherwise, body
        return Block(head.helper, head.subject, body, otherwise, head.parameters, head.includes_zero)

    def _peek(self, opening: Piece, head: "_Head") -> Piece:
        if self._next >= len(self._pieces):
            raise TemplateError(f"line {opening.line}: {{{{#{head.name}}}}} has no {{{{/{head.name}}}}}")
        return self._pieces[self._next]


@dataclass(frozen=True, slots=True)
class _Head:
    """The opening tag of a block: its name as its end repeats it, and what it does."""

    name: str
    helper: str
    subject: Expression
    parameters: tuple[str, ...]
    includes_zero: bool

    @staticmethod
    def read(piece: Piece, content: str) -> "_Head":
        words = _Words(piece, content)
        name = words.peek()
        if name in _BLOCKS:
            words.take()
            arguments, includes_zero, parameters = words.rest()
            if len(arguments) != 1:
                raise TemplateError(f"line {piece.line}: {{{{#{name}}}}} needs one value")
            return _Head(name, name, arguments[0], parameters, includes_zero)
        subject = words.expression()
        arguments, _, parameters = words.rest()
        if arguments:
            raise TemplateError(f"line {piece.line}: there is no helper {name!r}")
        return _Head(name, "", subject, parameters, includes_zero=False)


def _output(piece: Piece) -> Output:
    words = _Words(piece, piece.content)
    name = words.peek()
    if name in _INLINE:
        expression: Expression = words.call()
    else:
        expression = words.expression()
        if words.rest()[0]:
            raise TemplateError(f"line {piece.line}: there is no helper {name!r}")
    words.end()
    return Output(expression, is_raw=piece.kind is TagKind.RAW_OUTPUT)


class _Words:
    """The inside of a tag, word by word."""

    def __init__(self, piece: Piece, content: str) -> None:
        self._line = piece.line
        self._words = self._split(content)
        self._next = 0

    def _split(self, content: str) -> list[str]:
        words: list[str] = []
        position, end = 0, len(content)
        while position < end:
            if content[position].isspace():
                position += 1
                continue
            match = _WORD.match(content, position)
            if match is None:
                break
            words.append(match.group())
            position = match.end()
            if len(words) > MOST_WORDS:
                raise TemplateError(f"line {self._line}: a tag has more than {MOST_WORDS} words")
        if position < end or not words:
            raise TemplateError(f"line {self._line}: {content[:40]!r} cannot be understood")
        return words

    def peek(self) -> str:
        return self._words[self._next] if self._next < len(self._words) else ""

    def take(self) -> str:
        word = self.peek()
        if not word:
            raise TemplateError(f"line {self._line}: something is missing at the end of a tag")
        self._next += 1
        return word

    def end(self) -> None:
        if self.peek():
            raise TemplateError(f"line {self._line}: {self.peek()!r} is one word too many")

    def rest(self) -> tuple[list[Expression], bool, tuple[str, ...]]:
        """Return the remaining values, whether zero counts as something, and the names of `as |…|`."""
        values: list[Expression] = []
        includes_zero = False
        parameters: tuple[str, ...] = ()
        while self.peek() and self.peek() != ")":
            word = self.peek()
            if word.startswith("|"):
                parameters = tuple(self.take().strip("|").split())
            elif word == "as" and self._after().startswith("|"):
                self.take()
            elif _ASSIGNMENT.fullmatch(word):
                name = self.take().rstrip("= \t\r\n")
                value = self.expression()
                includes_zero = includes_zero or (name == "includeZero" and value == Literal(value=True))
            else:
                values.append(self.expression())
        return values, includes_zero, parameters

    def _after(self) -> str:
        return "".join(self._words[self._next + 1 : self._next + 2])

    def call(self, depth: int = 0) -> Call:
        """Read a helper and its arguments."""
        helper = self.take()
        if helper not in _INLINE:
            raise TemplateError(f"line {self._line}: there is no helper {helper!r}")
        arguments = []
        while self.peek() and self.peek() != ")":
            arguments.append(self.expression(depth))
        if len(arguments) != _INLINE[helper]:
            raise TemplateError(f"line {self._line}: {helper} needs {_INLINE[helper]} values")
        return Call(helper, tuple(arguments))

    def expression(self, depth: int = 0) -> Expression:
        """Read one value."""
        if depth > MOST_NESTING:
            raise TemplateError(f"line {self._line}: parentheses are nested too deeply")
        word = self.take()
        if word == "(":
            call = self.call(depth + 1)
            if self.take() != ")":
                raise TemplateError(f"line {self._line}: a parenthesis has no end")
            return call
        if word[0] in "\"'":
            return Literal(word[1:-1].replace(f"\\{word[0]}", word[0]))
        if word in _CONSTANTS:
            return Literal(_CONSTANTS[word])
        if _NUMBER.fullmatch(word):
            return Literal(float(word) if "." in word else int(word))
        return self._path(word)

    def _path(self, word: str) -> Path:
        match = _PATH.fullmatch(word)
        if match is None:
            raise TemplateError(f"line {self._line}: {word[:40]!r} is no name of a value")
        names = tuple(
            name[1:-1] if name.startswith("[") else name for name in _NAME.findall(match["names"] or "")
        )
        if match["at"]:
            return Path(names[1:], data=names[0])
        return Path(names, depth=(match["up"] or "").count(".."))


_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "undefined": None}
_ID = r"""[^\s!"#%&'()*+,./;<=>@\[\\\]^`{|}~]+"""
_SEGMENT = rf"(?:\[[^\]]*\]|{_ID})"
_WORD = re.compile(
    rf"""
    "(?:\\"|[^"])*" | '(?:\\'|[^'])*' | [()] | \|[^|]*\| | {_ID}\s*=(?!=)
    | @?(?:(?:\.\.|\.)(?:[./](?=[^\s]))?|{_SEGMENT}[./]?)+
    """,
    re.VERBOSE,
)
_ASSIGNMENT = re.compile(rf"{_ID}\s*=")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_NAME = re.compile(_SEGMENT)
_PATH = re.compile(
    rf"""
    (?P<at>@)?
    (?:(?P<up>(?:\.\./)*\.\.)(?:/|\Z) | (?:\./|\.\Z|this(?:[./]|\Z)) )?
    (?P<names>{_SEGMENT}(?:[./]{_SEGMENT})*)?
    """,
    re.VERBOSE,
)
