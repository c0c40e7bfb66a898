"""Reads case_record_contract.yml, the one place that names columns, types, lists and rules."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

ColumnType = Literal["text", "date", "timestamp", "boolean", "integer", "decimal", "list"]

CONTRACT_FILE = Path(__file__).with_name("case_record_contract.yml")

PERSON_REFERENCE = "person_ref"
BIRTH_DATE = "date_of_birth"
PERSONAL = (PERSON_REFERENCE, BIRTH_DATE)


@dataclass(frozen=True)
class Column:
    """A column of an entity: its type and which values it may hold."""

    name: str
    type: ColumnType
    required: bool = False
    values: tuple[str, ...] | None = None
    values_from: str | None = None
    description: str = ""


@dataclass(frozen=True)
class Entity:
    """A kind of record: its natural key within one council, and its columns in order."""

    name: str
    description: str
    key: tuple[str, ...]
    columns: dict[str, Column]

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that may not be empty."""
        return tuple(name for name, column in self.columns.items() if column.required)

    def of_type(self, *types: ColumnType) -> tuple[str, ...]:
        """Names of the columns of these types."""
        return tuple(name for name, column in self.columns.items() if column.type in types)


@dataclass(frozen=True)
class Rule:
    """A rule between columns and entities; entity may also be `any` or `batch`."""

    code: str
    entity: str
    severity: Literal["critical", "warning"]
    text: str


@dataclass(frozen=True)
class Contract:
    """The whole contract."""

    version: int
    entities: dict[str, Entity]
    rules: dict[str, Rule]


@cache
def load_contract() -> Contract:
    """The contract this version of Redress was built for."""
    document = yaml.safe_load(CONTRACT_FILE.read_text(encoding="utf-8"))
    return Contract(
        version=document["version"],
        entities={name: _entity(name, body) for name, body in document["entities"].items()},
        rules={
            code: Rule(code, body["entity"], body["severity"], body["rule"]) for code, body in document["rules"].items()
        },
    )


def _entity(name: str, body: dict[str, Any]) -> Entity:
    columns = {
        column: Column(
            name=column,
            type=facts["type"],
            required=facts.get("required", False),
            values=tuple(str(value) for value in facts["values"]) if "values" in facts else None,
            values_from=facts.get("values_from"),
            description=facts.get("description", ""),
        )
        for column, facts in body["columns"].items()
    }
    return Entity(name, body["description"], tuple(body["key"]), columns)
