"""Brings the rows of a feed to the contract's columns: read once from source.yml, run as SQL on each batch."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from redress.contract.mapping.checking import Place, check_definition, place
from redress.contract.mapping.definition import ColumnRule, Columns, ContractFeed, DateForm, EntityMapping, Feed
from redress.contract.mapping.headers import Header
from redress.contract.mapping.people import entities
from redress.contract.mapping.rows import Batch, RowPlan, plan_row
from redress.contract.mapping.rows_sql import rows_sql
from redress.contract.model import Entity
from redress.councils import Codes

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

BATCH = "batch_of_source"


class Mapper:
    """The mapping of one feed, for a header it came with.

    missing: entity -> required columns of the contract that nothing feeds (with rows: that some row lacks).
    fed_from: entity -> column of the contract -> the source's columns it is read from (none for a constant).
    not_found: entity -> column of the contract -> the names source.yml gives for it, none of which is there.
    unused: the source's columns that feed nothing.
    Raises RedressError for what source.yml says wrongly, RejectedFile for a header that can be read in two ways.
    """

    def __init__(self, feed: Feed, codes: Codes, dates: tuple[DateForm, ...], columns: Sequence[str]) -> None:
        check_definition(feed, codes)
        self.codes = codes
        self.missing: dict[str, tuple[str, ...]] = {}
        self.fed_from: dict[str, dict[str, tuple[str, ...]]] = {}
        self.not_found: dict[str, dict[str, tuple[str, ...]]] = {}
        self._header = Header(feed.name, columns)
        self._in_contract_form = isinstance(feed, ContractFeed)
        self._sql: dict[str, str] = {}
        self._batch = Batch(self._header, codes, feed.dates or dates)
        for name, mapping in feed.entities.items():
            if self._in_contract_form:
                self._pass_through(entities()[name])
            else:
                self._compile(feed, entities()[name], mapping)
        used = {column for fed in self.fed_from.values() for sources in fed.values() for column in sources}
        self.unused = tuple(name for name in columns if name not in used | self._batch.asked)

    def map(self, con: "duckdb.DuckDBPyConnection", batch: "pa.Table") -> dict[str, "pa.Table"]:
        """entity -> its rows, as text, in the columns of fed_from, and source_row; in the batch's order.

        batch: text columns under the source's names, and source_row.
        """
        if self._in_contract_form:
            return {name: batch.select([*fed, "source_row"]) for name, fed in self.fed_from.items()}
        read = [name for name in self._header.columns if name not in self.unused]
        names = [*map(self._batch.column, read), "source_row"]
        con.register(BATCH, batch.select([*read, "source_row"]).rename_columns(names))
        try:
            return {name: con.sql(sql).to_arrow_table() for name, sql in self._sql.items()}
        finally:
            con.unregister(BATCH)

    def _pass_through(self, entity: Entity) -> None:
        there = [name for name in entity.columns if name in self._header.columns]
        self.fed_from[entity.name] = {name: (name,) for name in there}
        self.missing[entity.name] = tuple(name for name in entity.required if name not in there)
        self.not_found[entity.name] = {}

    def _compile(self, feed: Feed, entity: Entity, mapping: EntityMapping) -> None:
        where = place(feed, entity.name)
        shared = _placed(where, {**self._of_the_same_name(entity, mapping), **mapping.columns})
        plans = [] if mapping.rows else [plan_row(self._batch, entity, shared, None)]
        for number, row in enumerate(mapping.rows):
            at = where / "rows" / number
            plans.append(plan_row(self._batch, entity, {**shared, **_placed(at, row.columns)}, (at, row)))
        self._sql[entity.name] = rows_sql(entity, plans, BATCH)
        self.fed_from[entity.name] = _fed_from(entity, plans)
        self.missing[entity.name] = tuple(
            name for name in entity.required if any(name not in plan.cells for plan in plans)
        )
        self.not_found[entity.name] = {name: names for plan in plans for name, names in plan.not_found.items()}

    def _of_the_same_name(self, entity: Entity, mapping: EntityMapping) -> dict[str, ColumnRule]:
        """Rules for the columns without one that the source has under the contract's name."""
        ruled = {*mapping.columns}.union(*(row.columns for row in mapping.rows))
        found = {name: self._header.find(name) for name in entity.columns if name not in ruled}
        return {name: ColumnRule(column=(column,)) for name, column in found.items() if column}


def _placed(where: Place, columns: Columns) -> dict[str, tuple[Place, ColumnRule]]:
    return {name: (where / "columns" / name, rule) for name, rule in columns.items()}


def _fed_from(entity: Entity, plans: list[RowPlan]) -> dict[str, tuple[str, ...]]:
    fed = {name: [plan.cells[name].sources for plan in plans if name in plan.cells] for name in entity.columns}
    return {
        name: tuple(dict.fromkeys(source for sources in of_plans for source in sources))
        for name, of_plans in fed.items()
        if of_plans
    }
