"""What a template is made of."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Path:
    """A way to a value: `depth` contexts up, then by these names; `data` is one of `@index` and its kin."""

    names: tuple[str, ...]
    depth: int = 0
    data: str | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, number, boolean or null that stands in the template itself."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Call:
    """A helper with its arguments."""

    helper: str
    arguments: tuple["Expression", ...]
    includes_zero: bool = False


Expression: TypeAlias = Path | Literal | Call


@dataclass(frozen=True, slots=True)
class Text:
    """What is copied as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Output:
    """A value in the text."""

    expression: Expression
    is_raw: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A part that a helper repeats, changes the context of, or leaves out; `otherwise` follows `{{else}}`.

    `helper` `""`: a section, `{{#name}}`, which does what its value calls for. `parameters` are the names of
    `as |item index|`.
    """

    helper: str
    subject: Expression
    body: tuple["Node", ...]
    otherwise: tuple["Node", ...]
    parameters: tuple[str, ...] = ()
    includes_zero: bool = False


Node: TypeAlias = Text | Output | Block
