"""What a table is guessed to feed: entities, their columns, and the rows that stand side by side in it."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from redress.contract import Entity, load_contract
from redress.councils import Codes
from redress.sources.codelike import PROSE_ALLOWED, is_prose
from redress.sources.proposing.fitting import Fit, assign
from redress.sources.proposing.synonyms import (
    first_stage_columns,
    listed_value,
    needs_known_values,
    never_enters,
    speaks_of_a_type,
    table_entity,
    without_stage,
)
from redress.sources.proposing.table import SampledColumn, Table, may_be_looked_at

COMPLAINTS = ("complaint", "corporate_complaint")

_NUMBERED = re.compile(r"(.+) (\d)")


@dataclass(frozen=True)
class Feeding:
    """What feeds a column of the contract: a column of the table, a constant or an expression. note: for the reader."""

    sample: SampledColumn | None = None
    constant: str | None = None
    expression: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class GuessedRow:
    """One of the rows that stand side by side. when: the headers of which one must be filled."""

    columns: dict[str, Feeding]
    when: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True)
class GuessedEntity:
    """An entity, the columns that all its rows share, its rows if they stand side by side, and what is not found."""

    entity: Entity
    columns: dict[str, Feeding]
    rows: tuple[GuessedRow, ...] = ()

    @property
    def lacking(self) -> tuple[str, ...]:
        """Required columns that nothing feeds."""
        fed = [{*self.columns, *row.columns} for row in self.rows] or [set(self.columns)]
        return tuple(name for name in self.entity.required if any(name not in columns for columns in fed))

    def feedings(self) -> Iterable[tuple[str, Feeding]]:
        """Every column of the contract with what feeds it."""
        yield from self.columns.items()
        for row in self.rows:
            yield from row.columns.items()


@dataclass(frozen=True)
class Guess:
    """A table and what it feeds.

    never: headers of what is not wanted anywhere. text: those above values that look like free text. unused: others.
    """

    table: Table
    entities: tuple[GuessedEntity, ...]
    unused: tuple[str, ...] = field(default=())
    never: tuple[str, ...] = field(default=())
    text: tuple[str, ...] = field(default=())


def guess(table: Table, codes: Codes) -> Guess:
    """What the table feeds, by its headers and by what lies below them."""
    found = _Guessing(table, codes).entities()
    used = {feeding.sample.header for one in found for _, feeding in one.feedings() if feeding.sample}
    left = [sample for name, sample in table.columns.items() if name not in used]
    never = tuple(sample.header for sample in left if never_enters(sample.plain))
    text = tuple(sample.header for sample in left if sample.header not in never and _is_text(sample))
    unused = tuple(sample.header for sample in left if sample.header not in (*never, *text))
    return Guess(table, found, unused, never, text)


class _Guessing:
    def __init__(self, table: Table, codes: Codes) -> None:
        self.table, self.codes = table, codes
        samples = [sample for name, sample in table.columns.items() if may_be_looked_at(name)]
        self.plain = [(sample.plain, sample) for sample in samples if without_stage(sample.plain)[0] is None]
        self.staged = [(*without_stage(sample.plain), sample) for sample in samples]
        self.contract = load_contract().entities

    def entities(self) -> tuple[GuessedEntity, ...]:
        name = self._main_entity()
        main = _feedings(assign(self.contract[name], self.plain, self.codes))
        if name != "cases":
            return (GuessedEntity(self.contract[name], main),)
        stages = self._stages(main)
        others = [one for one in (stages, self._freezes(main)) if one]
        if causes := self._causes(main, others):
            others.append(causes)
        taken = _headers(main).union(*(_headers(dict(one.feedings())) for one in others))
        return (GuessedEntity(self.contract["cases"], main | self._defaults(main, stages, taken)), *others)

    def _main_entity(self) -> str:
        """The entity of the table's name if its headers do not speak against it, else the one they speak for."""
        named = table_entity(self.table.sheet or "") or table_entity(self.table.file.rsplit(".", 1)[0])
        scores = {name: self._score(entity) + 3 * (name == named) for name, entity in self.contract.items()}
        if any(stage for stage, _, _ in self.staged):
            scores["cases"] += 5
        return max(scores, key=lambda name: scores[name])

    def _score(self, entity: Entity) -> float:
        found = assign(entity, self.plain, self.codes)
        missing = [name for name in entity.required if name not in found and name not in ("record_type", "status")]
        return sum(fit.likeness * (2 if fit.column in entity.key else 1) for fit in found.values()) - 2 * len(missing)

    def _stages(self, main: dict[str, Feeding]) -> GuessedEntity | None:
        entity = self.contract["stages"]
        a_row_each = assign(entity, self.plain, self.codes)
        if "stage" in a_row_each:
            return GuessedEntity(entity, _feedings(a_row_each))
        rows = [row for number in (1, 2, 3) if (row := self._stage(entity, number, main))]
        return GuessedEntity(entity, _reference(main), tuple(rows)) if rows else None

    def _stage(self, entity: Entity, number: int, main: dict[str, Feeding]) -> GuessedRow | None:
        named = [(rest or "requested", sample) for stage, rest, sample in self.staged if stage == number]
        found = assign(entity, named, self.codes)
        if number == 1:
            plain = assign(entity, [one for one in self.plain if one[1].header not in _headers(main)], self.codes)
            found = {name: fit for name, fit in plain.items() if name in first_stage_columns()} | found
        if not found:
            return None
        columns = {"stage": Feeding(constant=str(number))} | _feedings(found)
        received = main.get("received_date")
        if number > 1 or "requested_date" in columns or received is None:
            return GuessedRow(columns)
        columns["requested_date"] = received
        if self._only_complaints(main):
            return GuessedRow(columns)
        own = tuple(fit.sample.header for fit in found.values())
        return GuessedRow(columns, own, "only complaints have stages; a row has a stage 1 if one of these is filled")

    def _freezes(self, main: dict[str, Feeding]) -> GuessedEntity | None:
        entity, rows = self.contract["freezes"], []
        for number in (1, 2, 3):
            found = assign(entity, [(rest, one) for stage, rest, one in self.staged if stage == number], self.codes)
            if "frozen_from" in found:
                rows.append(GuessedRow({"stage": Feeding(constant=str(number))} | _feedings(found)))
        return GuessedEntity(entity, _reference(main), tuple(rows)) if rows else None

    def _causes(self, main: dict[str, Feeding], others: list[GuessedEntity]) -> GuessedEntity | None:
        """What the case was about: one column, several with numbers, or some for each stage."""
        taken = _headers(main).union(*(_headers(dict(one.feedings())) for one in others))
        groups: dict[tuple[int | None, int], list[tuple[str, SampledColumn]]] = {}
        for stage, rest, sample in self.staged:
            if sample.header not in taken:
                numbered = _NUMBERED.fullmatch(rest)
                name, element = (numbered[1], int(numbered[2])) if numbered else (rest, 1)
                groups.setdefault((stage, element), []).append((name, sample))
        rows = []
        for (stage, element), named in sorted(groups.items(), key=lambda group: (group[0][0] or 0, group[0][1])):
            found = assign(self.contract["causes"], named, self.codes)
            if "cause" in found:
                where = Feeding(constant=str(stage)) if stage else self._stage_of_cause(main, bool(others))
                fixed = {"stage": where, "element": Feeding(constant=str(element))}
                rows.append(GuessedRow(fixed | {n: f for n, f in _feedings(found).items() if n not in fixed}))
        return GuessedEntity(self.contract["causes"], _reference(main), tuple(rows)) if rows else None

    def _stage_of_cause(self, main: dict[str, Feeding], with_stages: bool) -> Feeding:
        kind = main.get("record_type")
        if self._only_complaints(main) or not kind or not kind.sample or not with_stages:
            return Feeding(constant="1")
        said = [value for value in kind.sample.counts if _record_type(value) in COMPLAINTS]
        return (
            Feeding(expression=f'"1" if {_column(kind.sample)} in {json.dumps(said)} else "0"')
            if said
            else Feeding(constant="0")
        )

    def _only_complaints(self, main: dict[str, Feeding]) -> bool:
        kind = main.get("record_type")
        return not kind or not kind.sample or all(_record_type(value) in COMPLAINTS for value in kind.sample.counts)

    def _defaults(self, main: dict[str, Feeding], stages: GuessedEntity | None, taken: set[str]) -> dict[str, Feeding]:
        """What stands in for the columns that a record of one kind of complaint often has not.

        Not for the kind of record where a column that is not taken may say it.
        """
        defaults = {}
        left = [sample for name, sample in self.table.columns.items() if name not in taken]
        if "record_type" not in main and not any(speaks_of_a_type(one.plain) for one in left):
            defaults["record_type"] = Feeding(
                constant="complaint", note="no column says; correct it if there are others"
            )
        if "status" not in main:
            defaults["status"] = _status(main, stages)
        return defaults


def _status(main: dict[str, Feeding], stages: GuessedEntity | None) -> Feeding:
    closed = main.get("closed_date")
    answers = (
        [row.columns["responded_date"] for row in stages.rows if "responded_date" in row.columns] if stages else []
    )
    judged_by = closed or (answers[0] if answers else None)
    note = "no column says; withdrawn, refused and the like cannot be told"
    if not judged_by or not judged_by.sample:
        return Feeding(constant="open", note=note)
    return Feeding(expression=f'"open" if blank({_column(judged_by.sample)}) else "concluded"', note=note)


def _feedings(found: dict[str, Fit]) -> dict[str, Feeding]:
    return {
        name: Feeding(fit.sample, note=None if fit.likeness == 1 else "guessed by a likeness of names")
        for name, fit in found.items()
    }


def _headers(columns: dict[str, Feeding]) -> set[str]:
    return {feeding.sample.header for feeding in columns.values() if feeding.sample}


def _reference(main: dict[str, Feeding]) -> dict[str, Feeding]:
    return {name: feeding for name, feeding in main.items() if name == "case_ref"}


def _is_text(sample: SampledColumn) -> bool:
    """Whether the values of a column that is left over read like text, or its header stands above text elsewhere."""
    prose = sum(count for value, count in sample.counts.items() if is_prose(value))
    return prose > PROSE_ALLOWED * sample.filled or (sample.filled > 0 and needs_known_values(sample.plain))


def _record_type(value: str) -> str | None:
    return listed_value("record_type", value)


def _column(sample: SampledColumn) -> str:
    return f"column[{json.dumps(sample.header, ensure_ascii=False)}]"
