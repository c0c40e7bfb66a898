"""Writes councils/source.schema.json, by which editors complete and check source.yml.

Run it after a change of a definition: `python -m redress.sources.json_schema`.
"""

import json
from pathlib import Path

from redress.paths import councils_folder

FILE_NAME = "source.schema.json"


def schema_text() -> str:
    """The JSON Schema of source.yml, short forms included."""
    from pydantic import TypeAdapter

    from redress.sources.definition import SourceDefinition

    adapter: TypeAdapter[SourceDefinition] = TypeAdapter(SourceDefinition)
    schema = adapter.json_schema()
    for definition in schema["$defs"].values():
        _allow_short_forms(definition)
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "source.yml", **schema}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write_schema(folder: Path) -> Path:
    """Writes the schema into a councils folder."""
    file = folder / FILE_NAME
    file.write_text(schema_text(), encoding="utf-8")
    return file


def _allow_short_forms(definition: dict[str, object]) -> None:
    """One name in the place of a list of names, a name in the place of a rule, any scalar in a value map."""
    properties = definition.get("properties")
    if not isinstance(properties, dict):
        return
    its_own_key = {"name"} if "entities" in properties else set()
    definition["properties"] = {
        name: _with_short_forms(name, facts) for name, facts in properties.items() if name not in its_own_key
    }


def _with_short_forms(name: str, facts: dict[str, object]) -> dict[str, object]:
    names: dict[str, object] = {"type": "array", "items": {"type": "string"}, "minItems": 1}
    text: dict[str, object] = {"type": "string"}
    nothing: dict[str, object] = {"type": "null"}
    if name == "column":
        return {**_without_shape(facts), "anyOf": [text, names, nothing]}
    if name == "when":
        return {**_without_shape(facts), "anyOf": [text, names, {"$ref": "#/$defs/When"}, nothing]}
    if name == "columns":
        rule = {"$ref": "#/$defs/ColumnRule"}
        return {**_without_shape(facts), "type": "object", "additionalProperties": {"anyOf": [text, names, rule]}}
    if name in ("values", "parameters"):
        return {**_without_shape(facts), "type": "object", "additionalProperties": {"type": _SCALARS}}
    return facts


_SCALARS = ["string", "boolean", "number", "null"]


def _without_shape(facts: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in facts.items() if key in ("title", "description", "default")}


if __name__ == "__main__":
    write_schema(councils_folder())
