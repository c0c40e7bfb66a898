"""Writes councils/return.schema.json, by which editors complete and check return definitions.

Run it after a change of schema.py: `python -m redress.returns.definitions.json_schema`.
"""

import json
from pathlib import Path

from redress.paths import councils_folder
from redress.returns.definitions.schema import Return

FILE_NAME = "return.schema.json"


def schema_text() -> str:
    """The JSON Schema of a return definition."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Return.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_schema(folder: Path) -> Path:
    """Writes the schema into a councils folder."""
    file = folder / FILE_NAME
    file.write_text(schema_text(), encoding="utf-8")
    return file


if __name__ == "__main__":
    write_schema(councils_folder())
