"""Turning what Pydantic found into the answer that clients of this API parse (http-core.md 4)."""

import json
import re
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic.fields import FieldInfo

from kalends.api.input.fields import Rule
from kalends.api.output.errors import BadRequest
from kalends.api.refusals import InvalidPath, InvalidProperties, InvalidValues
from kalends.api.wire import MaskedBody, SecretBody, StrictBody

Location = tuple[str | int, ...]

MOST_RECORDS = 20
"""Most mistakes that one refusal names, so that it is no larger than what it refuses."""

MOST_SHOWN = 200
"""Characters up to which a refusal repeats an object or an array that was sent."""

_NOT_AN_OBJECT = frozenset({"model_type", "model_attributes_type", "dict_type", "mapping_type"})

_TOP = "body"

_PYTHON_BOOLEAN = re.compile(r"(?<![\w'])(?:True|False)(?![\w'])")


def invalid(model: type[BaseModel], raw: object, errors: Sequence[Mapping[str, Any]]) -> BadRequest:
    """Return the refusal of `raw`, which `model` could not take.

    Operations that refuse unknown properties, or take secrets, get a plain sentence, the others one record
    per property. Of many mistakes it names the first.
    """
    fragments: list[str] = []
    tree: dict[str, Any] = {"children": {}, "constraints": {}}
    for error in errors[:MOST_RECORDS]:
        location = error["loc"]
        rule = _rule_of(model, error)
        fragments.append(f"{_path(location)} {rule.text}")
        # A rule that an item breaks is reported for the array; only members of items have records.
        is_of_item = len(location) > 1 and isinstance(location[-1], int)
        holder = location[:-1] if is_of_item else location or (_TOP,)
        node = tree
        for part in holder:
            node = node["children"].setdefault(str(part), {"children": {}, "constraints": {}})
        prefix = "each value in " if is_of_item else ""
        node["constraints"].setdefault(rule.name, f"{prefix}{holder[-1]} {rule.text}")
    message = _sentence(fragments, len(errors))
    if issubclass(model, StrictBody | SecretBody):
        return InvalidValues(message)
    shown = {} if issubclass(model, MaskedBody) else _known(model, raw)
    return InvalidProperties(message, _records(tree["children"], shown))


def refused_in_plain_words(name: str) -> WrapValidator:
    """Return a validator that refuses a property in one sentence, without a record for each of its members.

    Raises:
        InvalidValues: the property, `name`, or one of its members breaks a rule.
    """

    def read(value: object, handler: ValidatorFunctionWrapHandler) -> object:
        try:
            return handler(value)
        except ValidationError as error:
            found = error.errors(include_url=False)
            fragments = [
                f"{_path((name, *one['loc']))} {_plain_rule(one).text}" for one in found[:MOST_RECORDS]
            ]
            raise InvalidValues(_sentence(fragments, len(found))) from error

    return WrapValidator(read)


def invalid_path(errors: Sequence[Mapping[str, Any]]) -> InvalidPath:
    """Return the refusal of path parameters."""
    return InvalidPath(", ".join(f"{error['loc'][-1]} {_plain_rule(error).text}" for error in errors))


def _sentence(fragments: Sequence[str], count: int) -> str:
    """Return what is wrong, each once, and how many of the `count` mistakes are not named."""
    named = list(dict.fromkeys(fragments))
    return ", ".join([*named, f"and {count - MOST_RECORDS} more"] if count > MOST_RECORDS else named)


def _records(children: Mapping[str, Any], target: object) -> list[dict[str, object]]:
    records = []
    shown = _shown(target)
    for name, node in children.items():
        record: dict[str, object] = {"target": shown}
        value = _item(target, name)
        if value is not _ABSENT:
            record["value"] = value if isinstance(value, str) else _shown(value)
        record["property"] = name
        record["children"] = _records(node["children"], value) if node["children"] else []
        if node["constraints"] or not node["children"]:
            record["constraints"] = node["constraints"]
        records.append(record)
    return records


def _shown(value: object) -> object:
    """Return what was sent, or how its JSON begins if that is long: each mistake in it repeats it."""
    if not isinstance(value, list | dict):
        return value
    text = json.dumps(value, ensure_ascii=False)
    return value if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


class _Absent:
    """Stands for a property that was not sent."""


_ABSENT = _Absent()


def _item(target: object, name: str) -> object:
    if isinstance(target, Mapping):
        return target.get(name, _ABSENT)
    if isinstance(target, list) and name.isdigit() and int(name) < len(target):
        return target[int(name)]
    return _ABSENT


def _known(kind: object, raw: object) -> object:
    """Return a value without the properties, however deep, that its type does not have."""
    if isinstance(raw, list):
        return [_known(_item_type(kind), item) for item in raw]
    if not (isinstance(raw, Mapping) and isinstance(kind, type) and issubclass(kind, BaseModel)):
        return raw
    fields = {field.alias or name: field for name, field in kind.model_fields.items()}
    return {
        name: _known(_plain_type(fields[name].annotation), value)
        for name, value in raw.items()
        if name in fields
    }


def _path(location: Location) -> str:
    return ".".join(str(part) for part in location) or _TOP


def _rule_of(model: type[BaseModel], error: Mapping[str, Any]) -> Rule:
    if error["type"] == "missing":
        return _declared_rule(model, error["loc"]) or Rule("isDefined", "is required")
    if error["type"] in _NOT_AN_OBJECT:
        return _declared_rule(model, error["loc"]) or _plain_rule(error)
    return _plain_rule(error)


def _plain_rule(error: Mapping[str, Any]) -> Rule:
    kind = error["type"]
    context = error.get("ctx", {})
    match kind:
        case "extra_forbidden":
            return Rule("whitelistValidation", "is not a property of this operation")
        case "missing":
            return Rule("isDefined", "is required")
        case "list_type" | "tuple_type":
            return Rule("isArray", "must be an array")
        case kind if kind in _NOT_AN_OBJECT:
            return Rule("isObject", "must be an object")
        case "literal_error":
            expected = _PYTHON_BOOLEAN.sub(lambda found: found.group().lower(), context["expected"])
            return Rule("isIn", f"must be one of the following values: {expected}")
        case "greater_than_equal":
            return Rule("min", f"must not be less than {context['ge']}")
        case "less_than_equal":
            return Rule("max", f"must not be greater than {context['le']}")
        case "string_too_short" | "too_short" if _is_of_text(error):
            least = context["min_length"]
            text = "must not be empty" if least == 1 else f"must have at least {least} characters"
            return Rule("minLength", text)
        case "string_too_long" | "too_long" if _is_of_text(error):
            return Rule("maxLength", f"must be shorter than or equal to {context['max_length']} characters")
        case "too_short":
            return Rule("arrayMinSize", f"must contain at least {context['min_length']} elements")
        case "too_long":
            return Rule("arrayMaxSize", f"must contain at most {context['max_length']} elements")
        case _:
            # The rules of `api.fields` carry their own name and text.
            return Rule(kind, error["msg"])


def _is_of_text(error: Mapping[str, Any]) -> bool:
    """Tell whether a wrong length is that of a text.

    The length of a text that a rule of `api.fields` has read is checked like that of anything else; of a list
    written with commas the input is a text too, of another length.
    """
    value = error["input"]
    return isinstance(value, str) and error["ctx"].get("actual_length", len(value)) == len(value)


def _declared_rule(model: type[BaseModel], location: Location) -> Rule | None:
    """Return the rule that a missing property is declared with."""
    current: object = model
    field: FieldInfo | None = None
    for part in location:
        if isinstance(part, int):
            current = _item_type(current)
            continue
        if not (isinstance(current, type) and issubclass(current, BaseModel)):
            return None
        field = _field(current, part)
        if field is None:
            return None
        current = _plain_type(field.annotation)
    if field is None:
        return None
    declared = next((item for item in field.metadata if isinstance(item, Rule)), None)
    return declared or _rule_for_type(current)


def _rule_for_type(kind: object) -> Rule | None:
    if get_origin(kind) in (list, tuple):
        return Rule("isArray", "must be an array")
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return Rule("isObject", "must be an object")
    return None


def _field(model: type[BaseModel], alias: str) -> FieldInfo | None:
    return next((field for name, field in model.model_fields.items() if alias in (field.alias, name)), None)


def _plain_type(annotation: object) -> object:
    if get_origin(annotation) is Annotated:
        return _plain_type(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return _plain_type(next(part for part in get_args(annotation) if part is not type(None)))
    return annotation


def _item_type(kind: object) -> object:
    arguments = get_args(kind)
    return _plain_type(arguments[0]) if arguments else kind
