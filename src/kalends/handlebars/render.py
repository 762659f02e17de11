"""Filling in a template (webhooks.md 7).

Values are plain data: objects, lists, texts, numbers, booleans and null. Nothing else can be reached, and
neither the length of the result nor the work for it is without bound.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kalends.handlebars.errors import TemplateError
from kalends.handlebars.nodes import Block, Call, Expression, Literal, Node, Output, Path, Text
from kalends.handlebars.parser import parse

MOST_CHARACTERS = 262_144
"""Longest text that a template may become."""

MOST_PASSES = 10_000
"""Most passes of loops, in all."""

MOST_NODES = 100_000
"""Most texts, values and blocks that are visited, in all: a tenth of a second of work."""

Escape = Callable[[str], str]


def render(template: str, context: Mapping[str, Any], *, escape: Escape) -> str:
    """Return the text that a template becomes; `escape` is applied to values that are not raw.

    Raises:
        TemplateError: it is malformed, or grows beyond its bounds.
    """
    renderer = _Renderer(escape)
    renderer.write(parse(template), _Scope(context, root=context))
    return "".join(renderer.parts)


def text_of(value: object) -> str:
    """Return a value as JavaScript prints it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() else str(value)
        case Mapping():
            return "[object Object]"
        case list() | tuple():
            return ",".join(map(text_of, value))
        case _:
            return str(value)


@dataclass(frozen=True, slots=True)
class _Scope:
    """A context with those around it, the names of block parameters, and `@index` and its kin."""

    context: object
    root: object
    parent: "_Scope | None" = None
    names: Mapping[str, object] = field(default_factory=dict)
    data: Mapping[str, object] = field(default_factory=dict)

    def inside(
        self,
        context: object,
        parameters: Sequence[str] = (),
        values: Sequence[object] = (),
        data: Mapping[str, object] | None = None,
    ) -> "_Scope":
        """Return the scope of a block's body; one that keeps the context is no step for `../`."""
        names = {**self.names, **dict(zip(parameters, values, strict=False))}
        data = self.data if data is None else {**self.data, **data}
        parent = self.parent if context is self.context else self
        return _Scope(context, self.root, parent, names, data)

    def up(self, depth: int) -> object:
        """Return the context some steps out, None beyond the outermost."""
        scope: _Scope | None = self
        for _ in range(depth):
            scope = scope and scope.parent
        return scope and scope.context


class _Renderer:
    def __init__(self, escape: Escape) -> None:
        self.parts: list[str] = []
        self._escape = escape
        self._characters = 0
        self._passes = 0
        self._nodes = 0

    def write(self, nodes: Iterable[Node], scope: _Scope) -> None:
        """Append what these nodes become."""
        for node in nodes:
            self._nodes += 1
            if self._nodes > MOST_NODES:
                raise TemplateError(f"the template has more than {MOST_NODES} parts, counting each pass")
            match node:
                case Text(text):
                    self._append(text)
                case Output(expression, is_raw):
                    text = text_of(_value(expression, scope))
                    self._append(text if is_raw else self._escape(text))
                case Block():
                    self._block(node, scope)

    def _block(self, block: Block, scope: _Scope) -> None:
        value = _value(block.subject, scope)
        match block.helper:
            case "if":
                is_something = not _is_nothing(value) or (block.includes_zero and value == 0)
                self.write(block.body if is_something else block.otherwise, scope)
            case "unless":
                is_something = not _is_nothing(value) or (block.includes_zero and value == 0)
                self.write(block.otherwise if is_something else block.body, scope)
            case "each":
                self._each(block, value, scope)
            case "with":
                self._with(block, value, scope, is_empty=_is_nothing(value) and value != 0)
            case _:
                self._section(block, value, scope)

    def _section(self, block: Block, value: object, scope: _Scope) -> None:
        if value is True:
            self.write(block.body, scope)
        elif isinstance(value, list):
            self._each(block, value, scope)
        else:
            self._with(block, value, scope, is_empty=value is None or value is False)

    def _with(self, block: Block, value: object, scope: _Scope, *, is_empty: bool) -> None:
        if is_empty:
            self.write(block.otherwise, scope)
        else:
            self.write(block.body, scope.inside(value, block.parameters, (value,)))

    def _each(self, block: Block, value: object, scope: _Scope) -> None:
        items: list[tuple[object, object]]
        if isinstance(value, Mapping):
            items = list(value.items())
        else:
            items = list(enumerate(value)) if isinstance(value, list) else []
        if not items:
            self.write(block.otherwise, scope)
        for index, (key, item) in enumerate(items):
            self._passes += 1
            if self._passes > MOST_PASSES:
                raise TemplateError(f"the template repeats more than {MOST_PASSES} times")
            data = {"key": key, "index": index, "first": index == 0, "last": index == len(items) - 1}
            self.write(block.body, scope.inside(item, block.parameters, (item, key), data))

    def _append(self, text: str) -> None:
        self._characters += len(text)
        if self._characters > MOST_CHARACTERS:
            raise TemplateError(f"the result is longer than {MOST_CHARACTERS} characters")
        self.parts.append(text)


def _value(expression: Expression, scope: _Scope) -> object:
    match expression:
        case Literal(value):
            return value
        case Call(_, arguments):
            holder, key = (_value(argument, scope) for argument in arguments)
            return _member(holder, text_of(key))
        case Path(names, depth, data):
            return _at(names, depth, data, scope)


def _at(names: Sequence[str], depth: int, data: str | None, scope: _Scope) -> object:
    if data is not None:
        found: object = scope.root if data == "root" else scope.data.get(data)
    elif depth == 0 and names and names[0] in scope.names:
        found, names = scope.names[names[0]], names[1:]
    else:
        found = scope.up(depth)
    for name in names:
        found = _member(found, name)
    return found


def _member(holder: object, name: str) -> object:
    """Return what an object or list has under a name; None: nothing."""
    if isinstance(holder, Mapping):
        return holder.get(name)
    if isinstance(holder, list | str) and name == "length":
        return len(holder)
    if isinstance(holder, list) and name.isascii() and name.isdigit() and len(name) < 10:
        return holder[int(name)] if int(name) < len(holder) else None
    return None


def _is_nothing(value: object) -> bool:
    return value is None or value is False or value == "" or value == 0 or value == []
