"""What is known of a column before it is read: its name, the database's word for its type, and its kind."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import types as sql
from sqlalchemy.dialects import mssql, mysql
from sqlalchemy.exc import CompileError
from sqlalchemy.sql.type_api import TypeEngine

Kind = Literal["text", "padded", "number", "boolean", "bits", "date", "timestamp", "moment", "bytes", "unknown"]
"""padded: text filled up with spaces. bits: MySQL's BIT. timestamp: without a zone; moment: with one."""


@dataclass(frozen=True)
class Column:
    """A column of a table or of an answer. type_name: as the database declares it, where it does."""

    name: str
    type_name: str | None
    kind: Kind


def declared(name: str, type_: TypeEngine[Any], dialect: Any) -> Column:
    """A column of a table, as SQLAlchemy found it declared."""
    try:
        type_name = None if isinstance(type_, sql.NullType) else type_.compile(dialect)
    except CompileError:
        type_name = type_.__visit_name__
    return Column(name, re.split(" CHARACTER SET | COLLATE ", type_name)[0] if type_name else None, _kind(type_))


def described(entry: Any, dialect: Any) -> Column:
    """A column of an answer, as the driver describes it (PEP 249: its name, its type's code, and more)."""
    name = dialect.normalize_name(entry[0]) if dialect.requires_name_normalize else entry[0]
    type_name = _word_for(entry[1], dialect.name)
    kinds = _KINDS.get("mysql" if dialect.name == "mariadb" else dialect.name, {})
    return Column(name, type_name, kinds.get(type_name or "", "unknown"))


def _kind(type_: TypeEngine[Any]) -> Kind:
    if isinstance(type_, (mysql.TIMESTAMP, mssql.DATETIMEOFFSET)):
        return "moment"
    for kind, classes in _CLASSES:
        if isinstance(type_, classes):
            return "moment" if kind == "timestamp" and _zoned(type_) else kind
    return "unknown"


def _zoned(type_: TypeEngine[Any]) -> bool:
    return bool(getattr(type_, "timezone", False) or getattr(type_, "local_timezone", False))


_CLASSES: tuple[tuple[Kind, Any], ...] = (
    ("bits", mysql.BIT),
    ("bytes", sql._Binary),
    ("boolean", sql.Boolean),
    ("padded", (sql.CHAR, sql.NCHAR)),
    ("text", sql.String),
    ("number", sql.NumericCommon),
    ("number", sql.Integer),
    ("timestamp", sql.DateTime),
    ("date", sql.Date),
)


def _word_for(code: Any, dialect: str) -> str | None:
    if dialect == "postgresql":
        from psycopg import postgres

        found = postgres.types.get(code)
        return found.name if found else None
    if dialect in ("mysql", "mariadb"):
        from pymysql.constants import FIELD_TYPE

        return next((word.lower() for word, value in vars(FIELD_TYPE).items() if value == code), None)
    if dialect == "mssql":
        return {1: "text", 2: "bytes", 3: "integer", 4: "datetime", 5: "decimal"}.get(code)
    return getattr(code, "name", None)


_KINDS: dict[str, dict[str, Kind]] = {
    "postgresql": {
        **dict.fromkeys(("text", "varchar", "name"), "text"),
        **dict.fromkeys(("int2", "int4", "int8", "numeric", "float4", "float8"), "number"),
        "bpchar": "padded",
        "bool": "boolean",
        "date": "date",
        "timestamp": "timestamp",
        "timestamptz": "moment",
        "bytea": "bytes",
    },
    "mysql": {
        **dict.fromkeys(("varchar", "var_string", "string", "enum", "set", "json"), "text"),
        **dict.fromkeys(("tiny", "short", "int24", "long", "longlong", "year"), "number"),
        **dict.fromkeys(("decimal", "newdecimal", "float", "double"), "number"),
        "bit": "bits",
        "date": "date",
        "datetime": "timestamp",
        "timestamp": "moment",
    },
    "mssql": {"text": "text", "bytes": "bytes", "integer": "number", "decimal": "number", "datetime": "timestamp"},
    "oracle": {
        **dict.fromkeys(("DB_TYPE_VARCHAR", "DB_TYPE_NVARCHAR", "DB_TYPE_CLOB", "DB_TYPE_NCLOB"), "text"),
        **dict.fromkeys(("DB_TYPE_CHAR", "DB_TYPE_NCHAR"), "padded"),
        **dict.fromkeys(("DB_TYPE_NUMBER", "DB_TYPE_BINARY_DOUBLE", "DB_TYPE_BINARY_FLOAT"), "number"),
        **dict.fromkeys(("DB_TYPE_DATE", "DB_TYPE_TIMESTAMP"), "timestamp"),
        **dict.fromkeys(("DB_TYPE_TIMESTAMP_TZ", "DB_TYPE_TIMESTAMP_LTZ"), "moment"),
        **dict.fromkeys(("DB_TYPE_RAW", "DB_TYPE_LONG_RAW", "DB_TYPE_BLOB"), "bytes"),
        "DB_TYPE_BOOLEAN": "boolean",
    },
}
