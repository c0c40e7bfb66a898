"""Tries a source for real without landing anything: what can be reached, which columns it has, what they hold."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from redress.contract.model import PERSON_REFERENCE
from redress.councils import Council
from redress.errors import RejectedFile
from redress.landing.drift import drift_of
from redress.sources.base import Delivery, Opened, Part, Reading
from redress.sources.codelike import Shown
from redress.sources.definition import SourceDefinition

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from redress.contract.mapping.mapper import Mapper

ROWS_SHOWN = 5


@dataclass
class EntityTrial:
    """What a part gives one entity.

    missing: required columns that nothing feeds. not_found: the names in source.yml that the source does not have, by
    column. unmapped: values that no list knows, with their rows, by column. shown: what of them people may see. empty:
    rows without a value in required columns that something feeds. misshapen: rows with a text where a date or number
    should be. sample: the first rows, personal columns masked.
    """

    entity: str
    missing: tuple[str, ...]
    not_found: Mapping[str, tuple[str, ...]]
    fed: tuple[str, ...]
    rows: int = 0
    unmapped: dict[str, Counter[str]] = field(default_factory=dict)
    shown: dict[str, Shown] = field(default_factory=dict)
    filled: Counter[str] = field(default_factory=Counter)
    empty: Counter[str] = field(default_factory=Counter)
    misshapen: Counter[str] = field(default_factory=Counter)
    sample: list[dict[str, str]] = field(default_factory=list)


@dataclass
class PartTrial:
    """One table: its columns as the source names them, those that feed nothing, and how many rows were read.

    problem: why it could not be read, if it could not.
    """

    name: str
    columns: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    rows: int = 0
    entities: list[EntityTrial] = field(default_factory=list)
    problem: str | None = None


@dataclass
class DeliveryTrial:
    """A delivery with its parts. drift: what changed in its columns since the last landed extract, None without one."""

    name: str
    extract_date: date
    parts: list[PartTrial] = field(default_factory=list)
    extract_kind: str = "full"
    drift: tuple[str, ...] | None = None


@dataclass
class Trial:
    """What came of it. seconds: until it was known what is there to take. passed_over: files left alone, and why.

    not_tried: how many older deliveries were not opened.
    persons_named, persons_found: of the cases read, those with a person reference, and those of them whose person the
    demographics know; None without demographics.
    """

    kind: str
    seconds: float
    deliveries: list[DeliveryTrial]
    passed_over: tuple[tuple[str, str], ...] = ()
    not_tried: int = 0
    demographics: "Trial | None" = None
    persons_named: int | None = None
    persons_found: int | None = None

    @property
    def is_good(self) -> bool:
        """Whether something is there to take, could be read, and has every required column."""
        parts = [part for delivery in self.deliveries for part in delivery.parts]
        own = bool(parts) and not any(part.problem or any(one.missing for one in part.entities) for part in parts)
        return own and (self.demographics is None or self.demographics.is_good)


def try_source(council: Council, extract_date: date) -> Trial:
    """Opens a council's source, and that of its demographics, and reads all that is there to take.

    Raises SourceUnavailable if it cannot be reached, RedressError if it is set up wrongly.
    """
    from redress.duck import connect

    definition = council.source
    with connect() as con:
        con.execute("create table cases_persons (person varchar); create table known_persons (person varchar)")
        trier = _Trier(con, council, extract_date)
        trial = trier.try_definition(definition)
        if definition.demographics:
            trial.demographics = trier.try_definition(definition.demographics.source)
            trial.persons_named, trial.persons_found = trier.coverage()
    return trial


class _Trier:
    def __init__(self, con: "duckdb.DuckDBPyConnection", council: Council, extract_date: date) -> None:
        self.con, self.council, self.extract_date = con, council, extract_date

    def try_definition(self, definition: SourceDefinition) -> Trial:
        """Tries one source: the newest delivery of each kind."""
        from redress.sources.opening import source_of
        from redress.sources.passed_over import passed_over

        started = time.monotonic()
        source = source_of(self.council.name, definition)
        found = source.deliveries(self.extract_date)
        deliveries = {delivery.entities: delivery for delivery in found}
        trial = Trial(definition.kind, time.monotonic() - started, [])
        trial.passed_over = passed_over(self.council.name, definition, found, self.extract_date)
        trial.not_tried = len(found) - len(deliveries)
        for delivery in deliveries.values():
            with source.open(delivery) as opened:
                trial.deliveries.append(self._try_delivery(definition, delivery, opened))
        return trial

    def _try_delivery(self, definition: SourceDefinition, delivery: Delivery, opened: Opened) -> DeliveryTrial:
        trial = DeliveryTrial(delivery.name, delivery.extract_date, extract_kind=delivery.extract_kind)
        columns: dict[str, dict[str, str | None]] = {}
        for part in opened.parts:
            name = f"{part.name}, sheet {part.sheet}" if part.sheet else part.name
            one = PartTrial(name)
            trial.parts.append(one)
            try:
                reading = part.read(None)
                for entity in part.feed.entities:
                    columns.setdefault(entity, {}).update(reading.columns)
                self._read(definition, part, reading, one)
            except RejectedFile as problem:
                one.problem = str(problem)
        if not any(part.problem for part in trial.parts):
            trial.drift = self._drift(delivery, columns)
        return trial

    def _read(self, definition: SourceDefinition, part: Part, reading: Reading, trial: PartTrial) -> None:
        from redress.contract.mapping.mapper import Mapper

        if not reading.columns and reading.sha256 is None:
            return
        trial.columns = tuple(reading.columns)
        mapper = Mapper(part.feed, self.council.codes, definition.dates, trial.columns)
        trial.unused = mapper.unused
        trial.entities = [
            EntityTrial(name, mapper.missing[name], mapper.not_found[name], tuple(mapper.fed_from[name]))
            for name in part.feed.entities
        ]
        for batch in reading.batches:
            trial.rows += batch.num_rows
            self._look_at(mapper, mapper.map(self.con, batch), trial.entities)
        for one in trial.entities:
            one.shown = {column: self._shown(one, column) for column in one.unmapped}

    def _shown(self, trial: EntityTrial, column: str) -> Shown:
        from redress.contract.mapping.people import entities
        from redress.sources.proposing.values import shown_of

        counts = trial.unmapped[column]
        return shown_of(entities()[trial.entity].columns[column], counts, trial.filled[column], self.council.codes)

    def _look_at(self, mapper: "Mapper", tables: Mapping[str, "pa.Table"], trials: list[EntityTrial]) -> None:
        from redress.contract.mapping.counting import unmapped
        from redress.contract.mapping.people import entities
        from redress.sources.masking import masked_rows, misshapen

        for trial in trials:
            rows = tables[trial.entity]
            trial.rows += rows.num_rows
            for column, counts in unmapped(self.con, mapper, trial.entity, rows).items():
                trial.unmapped.setdefault(column, Counter()).update(counts)
            for column in trial.fed:
                facts = entities()[trial.entity].columns[column]
                trial.filled[column] += rows.num_rows - rows[column].null_count
                if facts.required:
                    trial.empty[column] += rows[column].null_count
                trial.misshapen[column] += misshapen(rows[column], facts)
            wanted = ROWS_SHOWN - len(trial.sample)
            if wanted > 0:
                trial.sample += masked_rows(rows.slice(0, wanted), trial.entity, mapper.codes)
            if PERSON_REFERENCE in rows.column_names and trial.entity in ("cases", "people"):
                self._note_persons(rows, "cases_persons" if trial.entity == "cases" else "known_persons")

    def _note_persons(self, rows: "pa.Table", table: str) -> None:
        self.con.register("rows_with_persons", rows)
        self.con.execute(f"insert into {table} select trim({PERSON_REFERENCE}) from rows_with_persons")
        self.con.unregister("rows_with_persons")

    def coverage(self) -> tuple[int, int]:
        """Cases with a person reference, and those whose person is known."""
        found = self.con.execute("""
            select count(*), count(*) filter (where person in (select person from known_persons))
            from cases_persons where person <> ''
        """).fetchone()
        return (int(found[0]), int(found[1])) if found else (0, 0)

    def _drift(self, delivery: Delivery, columns: Mapping[str, dict[str, str | None]]) -> tuple[str, ...] | None:
        from redress.landing.earlier import Earlier
        from redress.paths import Home

        home, told, compared = Home.from_environment(), dict[str, None](), False
        for entity, names in columns.items():
            last = Earlier(home, delivery, entity).last() if entity in delivery.entities else None
            if last and last.source_columns:
                compared = True
                told |= dict.fromkeys(drift.sentence for drift in drift_of(last.source_columns, names))
        return tuple(told) if compared else None
