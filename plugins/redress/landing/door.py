"""The door: rows as text become typed rows of the contract, and personal data becomes pseudonym and age band."""

from datetime import date
from typing import TYPE_CHECKING

from redress.contract import Column, Entity
from redress.contract.model import BIRTH_DATE, PERSON_REFERENCE, PERSONAL
from redress.councils import Codes
from redress.landing.age import OLDEST_AGE, age_band_sql, bands_of
from redress.landing.pseudonym import hmac_pads, hmac_sql

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

SQL_TYPES = {
    "text": "varchar",
    "list": "varchar",
    "integer": "bigint",
    "decimal": "decimal(18,2)",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}

_ISO_DATE = r"\d{4}-\d{2}-\d{2}"
_ISO_TIMESTAMP = _ISO_DATE + r"[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}(:?\d{2})?)"

_DERIVED = (BIRTH_DATE, "age_band")

_TYPED = {
    "text": "{raw}",
    "list": "nullif(array_to_string(list_filter(list_transform(string_split({raw}, ';'), lambda x: trim(x)), "
    "lambda x: x <> ''), ';'), '')",
    "integer": r"case when regexp_full_match({raw}, '-?\d{{1,18}}') then try_cast({raw} as bigint) end",
    "decimal": r"case when regexp_full_match({raw}, '-?\d{{1,15}}(\.\d+)?') then try_cast({raw} as decimal(18,2)) end",
    "boolean": "case lower({raw}) when 'true' then true when 'false' then false end",
    "date": "case when regexp_full_match({raw}, '" + _ISO_DATE.replace("{", "{{").replace("}", "}}") + "') "
    "then try_cast({raw} as date) end",
    "timestamp": "case when regexp_full_match({raw}, '"
    + _ISO_TIMESTAMP.replace("{", "{{").replace("}", "}}")
    + "') then cast(try_cast({raw} as timestamptz) as timestamp) end",
}


def typed_columns(entity: Entity) -> dict[str, str]:
    """Names and SQL types of an entity's columns behind the door, in order.

    date_of_birth is gone; cases end with dob_check.
    """
    columns = {name: SQL_TYPES[column.type] for name, column in entity.columns.items() if name != BIRTH_DATE}
    return columns | ({"dob_check": "varchar"} if BIRTH_DATE in entity.columns else {})


def raw_columns(entity: Entity) -> list[str]:
    """Columns kept as the text they came in: all but the personal ones."""
    return [name for name in entity.columns if name not in PERSONAL]


class Door:
    """Takes batches of text of one entity past the door. One connection, used for all its batches."""

    def __init__(
        self, con: "duckdb.DuckDBPyConnection", entity: Entity, codes: Codes, extract_date: date, key: bytes
    ) -> None:
        self.con = con
        self.entity = entity
        self.parameters: dict[str, object] = {}
        if PERSON_REFERENCE in entity.columns:
            self.parameters |= hmac_pads(key)
        if BIRTH_DATE in entity.columns:
            self.parameters["extract_date"] = extract_date
        self.sql = _door_sql(entity, codes)

    def pass_through(self, batch: "pa.Table") -> "pa.Table":
        """Typed columns, raw_ columns, record_key, row_hash and source_row, one row for each row of the batch."""
        text = _with_every_column(batch, self.entity)
        self.con.register("batch_of_text", text)
        try:
            return self.con.sql(self.sql, params=self.parameters or None).to_arrow_table()
        finally:
            self.con.unregister("batch_of_text")


def _with_every_column(batch: "pa.Table", entity: Entity) -> "pa.Table":
    import pyarrow as pa

    nulls = pa.nulls(batch.num_rows, pa.string())
    arrays = [batch[name] if name in batch.column_names else nulls for name in entity.columns]
    return pa.table([*arrays, batch["source_row"]], names=[*entity.columns, "source_row"])


def _door_sql(entity: Entity, codes: Codes) -> str:
    typed = ",\n        ".join(
        f"{_typed_sql(column)} as {name}" for name, column in entity.columns.items() if name not in _DERIVED
    )
    raws = ",\n        ".join(f"{name} as raw_{name}" for name in raw_columns(entity))
    born = f",\n        {_typed_sql(entity.columns[BIRTH_DATE])} as born" if BIRTH_DATE in entity.columns else ""
    text = f", {BIRTH_DATE} as born_text" if BIRTH_DATE in entity.columns else ""
    behind = [name for name in (PERSON_REFERENCE, "age_band", "dob_check") if name in typed_columns(entity)]
    hashed = [f"raw_{name}" for name in raw_columns(entity)] + behind
    cells = ",\n        ".join(f"case when trim({name}) <> '' then {name} end as {name}" for name in entity.columns)
    return f"""
with filled as (
    select
        {cells},
        source_row
    from batch_of_text
),
typed as (
    select
        {typed},
        {raws}{born}{text},
        source_row
    from filled
),
derived as (
    select * {_birth_sql(codes) if born else ""}
    from typed
)
select
    {_key_sql(entity)} as record_key,
    {", ".join(typed_columns(entity))},
    {", ".join(f"raw_{name}" for name in raw_columns(entity))},
    md5(concat_ws(chr(31), {", ".join(f"coalesce({name}, chr(30))" for name in hashed)})) as row_hash,
    source_row
from derived
"""


def _typed_sql(column: Column) -> str:
    if column.name == PERSON_REFERENCE:
        return hmac_sql(f"trim({column.name})")
    return _TYPED[column.type].format(raw=column.name)


def _key_sql(entity: Entity) -> str:
    parts = ", ".join(f"coalesce(cast({name} as varchar), raw_{name}, '')" for name in entity.key)
    return f"concat_ws('|', {parts})"


def _birth_sql(codes: Codes) -> str:
    """dob_check and age_band. An unborn child's date of birth is an expected one, so it may lie ahead."""
    age = "date_sub('year', born, received_date)"
    return f""",
        case
            when born_text is null then 'missing'
            when born is null then 'unparsable'
            when gender = 'unborn' then 'ok'
            when born > $extract_date then 'after_extract'
            when born > received_date then 'after_receipt'
            when {age} >= {OLDEST_AGE} then 'too_old'
            else 'ok'
        end as dob_check,
        coalesce(
            case
                when born is not null and gender = 'unborn' then 'unborn'
                when born <= received_date then {age_band_sql(age, bands_of(codes))}
            end,
            raw_age_band
        ) as age_band"""
