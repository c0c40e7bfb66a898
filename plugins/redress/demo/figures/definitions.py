"""Reads what each published figure counts from data/figures*.yml and turns a group of figures into one query."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from redress.councils import CODE_LISTS, Council
from redress.demo.figures.numbers import Rounding, bounds, months_before
from redress.duck import text
from redress.errors import RedressError

DATA = Path(__file__).parents[1] / "data"

PrintedRow = Mapping[str, str]
Model = TypeVar("Model", bound=BaseModel)


class Definition(BaseModel):
    """What a group of printed figures counts. The head of data/figures.yml explains every key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    rows: dict[str, str | list[str]]
    kind: Literal["figure", "context", "setting", "outside"] = "figure"
    population: str = Field(default="", alias="from")
    date: str | None = None
    where: str = "true"
    count: str = "true"
    aggregate: str = "count(*)"
    over: str | None = None
    denominator: str | None = None
    within: tuple[str, ...] = ()
    labels: dict[str, dict[str, str]] = Field(default_factory=dict)
    codes: dict[str, str] = Field(default_factory=dict)
    against_months: int | None = None
    change: Literal["count", "percent", "points"] | None = None
    rounding: Rounding = "half_up"
    decimals: int = 0
    nothing: int | None = None
    holds: Literal["about", "above", "just_above", "below"] | None = None
    reason: str = ""


class CouncilFigures(BaseModel):
    """The definitions of one council's report."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    figures: list[Definition]


class Catalogue(BaseModel):
    """figures.yml: the tables that figures count, and the column behind each list of codes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    populations: dict[str, str]
    columns: dict[str, str]


@dataclass(frozen=True)
class Group:
    """A definition with the rows it covers and, by column and label, the condition of each label."""

    definition: Definition
    rows: list[PrintedRow]
    conditions: dict[str, dict[str, str]]

    def meaning(self, row: PrintedRow, column: str) -> str:
        """What the row's printed label stands for: an SQL condition, or the name of a setting."""
        return self.conditions[column][row[column].casefold()]

    def expressions(self, row: PrintedRow, months: int = 0) -> tuple[str, str]:
        """Numerator and denominator of one figure in SQL, for its period or so many months earlier."""
        one = self.definition
        period = months_before(bounds(row["period"]), months) if months else bounds(row["period"])
        labels = {column: self.meaning(row, column) for column in self.conditions}
        numerator = self._filtered(period, [one.count, *labels.values()])
        if one.denominator:
            return numerator, self._fill(one.denominator, period)
        if one.over is None:
            return numerator, "1"
        return numerator, self._filtered(period, [one.over, *(labels[column] for column in one.within)])

    def query(self, council: str) -> str:
        """One query for the whole group: two columns a figure, four where it is a change."""
        spans = (0, self.definition.against_months) if self.definition.against_months else (0,)
        columns = [part for row in self.rows for months in spans for part in self.expressions(row, months)]
        return f"select {', '.join(columns)} from {self.definition.population} where council = {text(council)}"

    def _filtered(self, period: tuple[date, date], conditions: list[str]) -> str:
        dated = [f"{self.definition.date} between {{start}} and {{end}}"] if self.definition.date else []
        parts = [part for part in [self.definition.where, *dated, *conditions] if part != "true"]
        joined = " and ".join(f"({part})" for part in parts or ["true"])
        found = f"{self.definition.aggregate} filter (where {joined})"
        # A figure of no records is 0; a figure nobody supplied is unknown.
        return self._fill(found if self.definition.kind == "context" else f"coalesce({found}, 0)", period)

    def _fill(self, sql: str, period: tuple[date, date]) -> str:
        start, end = (f"date '{day}'" for day in period)
        return sql.replace("{start}", start).replace("{end}", end)


def read_catalogue(folder: Path = DATA) -> Catalogue:
    """The tables and columns shared by all councils."""
    return _read(folder / "figures.yml", Catalogue)


def read_definitions(council: str, folder: Path = DATA) -> CouncilFigures:
    """One council's definitions."""
    return _read(folder / f"figures_{council}.yml", CouncilFigures)


def group_rows(rows: Iterable[PrintedRow], council: Council, folder: Path = DATA) -> list[Group]:
    """The council's printed rows under the one definition each that covers them.

    Raises RedressError where a row has none or more than one.
    """
    columns, labels = read_catalogue(folder).columns, _codes_by_label(council, folder)
    groups = [
        Group(one, [], _conditions(one, labels, columns)) for one in read_definitions(council.name, folder).figures
    ]
    for row in rows:
        covering = [group for group in groups if _covers(group, row)]
        if len(covering) != 1:
            names = ", ".join(group.definition.name for group in covering) or "none"
            raise RedressError(
                f"Row {row['row']} of published_figures.csv ({council.name}, {row['return_table']}, {row['member']}) "
                f"needs exactly one definition and has {names}; correct figures_{council.name}.yml."
            )
        covering[0].rows.append(row)
    return groups


def _covers(group: Group, row: PrintedRow) -> bool:
    return all(
        row[column] in ([value] if isinstance(value, str) else value) for column, value in group.definition.rows.items()
    ) and all(row[column].casefold() in known for column, known in group.conditions.items())


def _conditions(
    one: Definition, codes: Mapping[str, Mapping[str, list[str]]], columns: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    conditions: dict[str, dict[str, str]] = {}
    for column, list_name in one.codes.items():
        conditions[column] = {
            label: columns[list_name].replace("{code}", ", ".join(map(text, known)))
            for label, known in codes[list_name].items()
        }
    for column, by_label in one.labels.items():
        conditions.setdefault(column, {}).update({label.casefold(): sql for label, sql in by_label.items()})
    return conditions


def _codes_by_label(council: Council, folder: Path) -> dict[str, dict[str, list[str]]]:
    """By list, the codes behind each label: those of codes.yml, and the report's own words for them in labels.csv."""
    found: dict[str, dict[str, list[str]]] = {}
    for list_name in CODE_LISTS:
        by_label = found.setdefault(list_name, {})
        for code, facts in council.codes.of(list_name).items():
            by_label.setdefault((facts.label or code).casefold(), []).append(code)
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["council"] == council.name:
                found.setdefault(row["list"], {})[row["printed_label"].casefold()] = row["code"].split(";")
    return found


def _read(path: Path, model: type[Model]) -> Model:
    try:
        return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as problem:
        raise RedressError(f"{path.name} cannot be read: {str(problem).splitlines()[0]}; correct the file.") from None
