"""Filling in a template (webhooks.md 7).

Values are plain data: objects, lists, texts, numbers, booleans and null. Nothing else can be reached, and
neither the length of the result nor the work for it is without bound.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kalends.handlebars.budget import Budget
from kalends.handlebars.nodes import Block, Call, Expression, Literal, Node, Output, Path, Text
from kalends.handlebars.parser import parse

_OUTPUT_STEPS = 2
_PASS_STEPS = 4

Escape = Callable[[str], str]


def render(template: str, context: Mapping[str, Any], *, escape: Escape, budget: Budget) -> str:
    """Return the text that a template becomes; `escape` is applied to values that are not raw.

    Raises:
        TemplateError: it is malformed, or costs more than is left of the budget.
    """
    renderer = _Renderer(escape, budget)
    renderer.write(parse(template), _Scope(context, context))
    return "".join(renderer.parts)


@dataclass(slots=True)
class _Scope:
    """A context with those around it, the names of block parameters, and `@index` and its kin."""

    context: object
    root: object
    parent: "_Scope | None" = None
    names: Mapping[str, object] | None = None
    data: Mapping[str, object] | None = None

    def inside(self, context: object, names: Mapping[str, object], data: Mapping[str, object]) -> "_Scope":
        """Return the scope of a block's body; one that keeps the context is no step for `../`."""
        parent = self.parent if context is self.context else self
        return _Scope(
            context,
            self.root,
            parent,
            {**(self.names or {}), **names} if names else self.names,
            {**(self.data or {}), **data} if data else self.data,
        )

    def up(self, depth: int) -> object:
        """Return the context some steps out, None beyond the outermost."""
        scope: _Scope | None = self
        for _ in range(depth):
            scope = scope and scope.parent
        return scope and scope.context


class _Renderer:
    def __init__(self, escape: Escape, budget: Budget) -> None:
        self.parts: list[str] = []
        self._escape = escape
        self._budget = budget

    def write(self, nodes: Iterable[Node], scope: _Scope) -> None:
        """Append what these nodes become."""
        for node in nodes:
            match node:
                case Text(text):
                    self._budget.spend(1)
                    self._append(text)
                case Output(expression, is_raw):
                    self._budget.spend(_OUTPUT_STEPS)
                    text = self._text_of(self._value(expression, scope))
                    self._append(text)
                    if not is_raw:
                        self.parts[-1] = self._escape(text)
                        self._budget.make(len(self.parts[-1]) - len(text))
                case Block():
                    self._budget.spend(_OUTPUT_STEPS)
                    self._block(node, scope)

    def _block(self, block: Block, scope: _Scope) -> None:
        value = self._value(block.subject, scope)
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
            names = dict(zip(block.parameters, (value,), strict=False))
            self.write(block.body, scope.inside(value, names, {}))

    def _each(self, block: Block, value: object, scope: _Scope) -> None:
        items: Iterable[tuple[object, object]]
        match value:
            case dict() | list() if value:
                count = len(value)
                items = value.items() if isinstance(value, dict) else enumerate(value)
            case _:
                self.write(block.otherwise, scope)
                return
        for index, (key, item) in enumerate(items):
            self._budget.spend(_PASS_STEPS)
            names = dict(zip(block.parameters, (item, key), strict=False)) if block.parameters else {}
            data = {"key": key, "index": index, "first": index == 0, "last": index == count - 1}
            self.write(block.body, scope.inside(item, names, data))

    def _append(self, text: str) -> None:
        self._budget.make(len(text))
        self.parts.append(text)

    def _value(self, expression: Expression, scope: _Scope) -> object:
        match expression:
            case Literal(value):
                return value
            case Call(_, arguments):
                self._budget.spend(_OUTPUT_STEPS)
                holder, key = [self._value(argument, scope) for argument in arguments]
                return _member(holder, self._text_of(key))
            case Path(names, depth, data):
                self._budget.spend(depth + len(names))
                return _at(names, depth, data, scope)

    def _text_of(self, value: object) -> str:
        """Return a value as JavaScript prints it."""
        match value:
            case str():
                return value
            case None:
                return ""
            case bool():
                return "true" if value else "false"
            case float():
                return str(int(value)) if value.is_integer() else str(value)
            case dict():
                return "[object Object]"
            case list() | tuple():
                self._budget.spend(len(value))
                text = ",".join([self._text_of(item) for item in value])
                self._budget.make(len(text))
                return text
            case _:
                return str(value)


def _at(names: Sequence[str], depth: int, data: str | None, scope: _Scope) -> object:
    if data is not None:
        found: object = scope.root if data == "root" else (scope.data or {}).get(data)
    elif depth == 0 and scope.names and names and names[0] in scope.names:
        found, names = scope.names[names[0]], names[1:]
    else:
        found = scope.up(depth) if depth else scope.context
    for name in names:
        if found is None:
            break
        found = _member(found, name)
    return found


def _member(holder: object, name: str) -> object:
    """Return what an object or list has under a name; None: nothing."""
    if isinstance(holder, dict):
        return holder.get(name)
    if isinstance(holder, list | str) and name == "length":
        return len(holder)
    if isinstance(holder, list) and name.isascii() and name.isdigit() and len(name) < 10:
        return holder[int(name)] if int(name) < len(holder) else None
    return None


def _is_nothing(value: object) -> bool:
    return value is None or value is False or value == "" or value == 0 or value == []
