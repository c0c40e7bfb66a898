"""SQL that brings one column of a source to one column of the contract."""

from collections.abc import Sequence
from dataclasses import dataclass

from redress.contract.mapping.dates import (
    date_sql,
    day_sql,
    moment_sql,
    plain_date_sql,
    plain_moment_sql,
    plain_timestamp_sql,
    timestamp_sql,
)
from redress.contract.mapping.definition import ColumnRule, DateForm
from redress.contract.mapping.folding import trimmed_sql
from redress.contract.mapping.values import (
    Choices,
    Meanings,
    boolean_sql,
    listed_sql,
    meanings,
    meant_sql,
    number_sql,
)
from redress.contract.model import BIRTH_DATE, Column
from redress.duck import text as literal

DATED = ("date", "timestamp")


@dataclass(frozen=True)
class Conversion:
    """What is done to the text of one column.

    forms: how its dates are written; source_forms: how the source writes them.
    separator: what separates the values of a list, besides a semicolon.
    """

    column: Column
    known: Choices | None
    meaning: Meanings
    forms: tuple[DateForm, ...]
    source_forms: tuple[DateForm, ...]
    separator: str | None = None

    @property
    def only_trims(self) -> bool:
        """Whether text comes out as it went in, but for the spaces around it."""
        return self.column.type == "text" and not self.known and not self.meaning.meant

    def read_sql(self, texts: str) -> str:
        """A query of (raw, value) for a relation of one column, raw, that is never null."""
        trimmed = f"select raw, {trimmed_sql('raw')} as v from {texts}"
        if self.column.type in DATED:
            plain = f"select *, {plain_moment_sql('v', self.forms)} as p from ({trimmed})"
            days = f"select *, case when p is null then {day_sql('v')} end as d from ({plain})"
            moment = moment_sql("v", "d", self.forms, birth=self.column.name == BIRTH_DATE)
            trimmed = f"select *, case when p is null then {moment} end as m from ({days})"
        return f"select raw, {self._value_sql()} as value from ({trimmed})"

    def blank_sql(self) -> str:
        """SQL for what a blank cell becomes."""
        return f"nullif({literal(self.meaning.blank)}, '')" if self.meaning.blank else "cast(null as varchar)"

    def _value_sql(self) -> str:
        found = [*meant_sql("v", self.meaning), *self._converted_sql(), "v"]
        return f"case when v is null then {self.blank_sql()} else nullif(coalesce({', '.join(found)}), '') end"

    def _converted_sql(self) -> list[str]:
        match self.column.type:
            case "list":
                return [self._list_sql()]
            case "boolean":
                return [boolean_sql("v")]
            case "integer" | "decimal":
                return [number_sql("v", whole=self.column.type == "integer")]
            case "date":
                return [plain_date_sql("p"), date_sql("v", "m")]
            case "timestamp":
                return [plain_timestamp_sql("p"), timestamp_sql("v", "m")]
            case _:
                return listed_sql("v", self.known)

    def _list_sql(self) -> str:
        text = f"replace(v, {literal(self.separator)}, ';')" if self.separator else "v"
        items = f"list_transform(string_split({text}, ';'), lambda part: {trimmed_sql('part')})"
        filled = f"list_filter({items}, lambda item: item is not null)"
        codes = ", ".join([*meant_sql("item", self.meaning), *listed_sql("item", self.known), "item"])
        coded = f"list_filter(list_transform({filled}, lambda item: coalesce({codes})), lambda code: code <> '')"
        return f"array_to_string({coded}, ';')"


def conversion(
    rule: ColumnRule, column: Column, known: Choices | None, forms: Sequence[DateForm], source_writes: bool
) -> Conversion:
    """The conversion of a rule. source_writes: the text is the source's own, not source.yml's."""
    theirs = tuple(rule.dates or forms)
    read: tuple[DateForm, ...] = theirs if source_writes else ("iso", *theirs)
    return Conversion(column, known, meanings(rule, column, known), read, theirs, rule.separator)
