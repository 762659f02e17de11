"""Schemas of which corrections are made."""

from collections.abc import Mapping

from tests.contract.document import Schema

STRING: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
BOOLEAN: Schema = {"type": "boolean"}
STATUS: Schema = {"type": "string", "enum": ["success", "error"]}


def ref(name: str) -> Schema:
    """Return a reference to a schema of the contract."""
    return {"$ref": f"#/components/schemas/{name}"}


def nullable(schema: Schema) -> Schema:
    """Return a schema that null fits too."""
    return {"allOf": [schema], "nullable": True} if "$ref" in schema else {**schema, "nullable": True}


def object_of(optional: Mapping[str, Schema] | None = None, **required: Schema) -> Schema:
    """Return the schema of an object with these properties."""
    properties = {**required, **(optional or {})}
    return {"type": "object", "properties": properties, "required": list(required)}
