"""Writes guesses as a source.yml with comments: what was found, what was guessed, and what is left to be said."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePath

import yaml

from redress.contract.mapping.definition import DateForm
from redress.contract.model import Column
from redress.councils import Codes
from redress.sources.proposing.dates import forms_of, month_first
from redress.sources.proposing.guess import Feeding, Guess, GuessedEntity, GuessedRow
from redress.sources.proposing.synonyms import plain
from redress.sources.proposing.table import SampledColumn
from redress.sources.proposing.values import Values, values_of

SCHEMA_LINE = "# yaml-language-server: $schema=../source.schema.json"
WIDEST = 118
MAPPED_TO_STANDARD = ("ethnicities", "disabilities")

_DATE_IN_NAME = re.compile(r"(?<!\d)(?:\d{4}-\d\d-\d\d|20\d{6})(?!\d)")
_OTHER_DATE_IN_NAME = re.compile(r"(?<!\d)\d{1,2}[-._ ]\d{1,2}[-._ ](?:\d{4}|\d\d)(?!\d)")


def document(folder: str, council: str, guesses: Sequence[Guess], codes: Codes) -> str:
    """The text of source.yml for tables in a folder. Values are named of columns with a list of codes only."""
    writer = _Writer(codes)
    lines = list(writer.head(folder, council, guesses))
    if all(_is_contract_form(guess) for guess in guesses):
        lines += ["# The files are in contract form: nothing is to be mapped."]
    else:
        lines += ["feeds:", *writer.feeds(guesses)]
    return "\n".join(lines) + "\n"


class _Writer:
    def __init__(self, codes: Codes) -> None:
        self.codes = codes
        self.names: Counter[str] = Counter()

    def head(self, folder: str, council: str, guesses: Sequence[Guess]) -> Iterator[str]:
        yield SCHEMA_LINE
        yield "# Proposed by `redress map` from a sample. Read it before it is used: a guess says so, and what was not"
        yield "# understood stands in comments. Then: redress source test --council NAME"
        yield "kind: files"
        yield f"path: ${{REDRESS_HOME}}/drop/{council} # where the files will lie; the sample is in:"
        yield f"# {' '.join(folder.split())}"
        yield "extract: full # or changes, if a file holds only what is new or changed"
        forms = self._forms(guesses)
        if forms and list(forms) != ["iso"]:
            yield f"dates: [{', '.join(forms)}] # how dates are written"
        wrong = sum(month_first(one.counts) for guess in guesses for one in self._dated(guess))
        if wrong:
            yield f"# {wrong:,} dates seem to be written month first, which is never read: export them as YYYY-MM-DD."
        yield ""

    def feeds(self, guesses: Sequence[Guess]) -> Iterator[str]:
        for number, guess in enumerate(guesses):
            if number:
                yield ""
            yield from self._feed(guess)

    def _feed(self, guess: Guess) -> Iterator[str]:
        table = guess.table
        found = f"{table.rows:,} rows" if table.rows != 1 else "1 row"
        yield f"  {self._name(guess)}: # {found} below the header in row {table.header_row}"
        yield f"    file: {_scalar(file_pattern(table.file))}"
        if table.sheet:
            yield f"    sheet: {_scalar(table.sheet)}"
        if table.totals:
            yield f"    totals_row: {_scalar(table.totals)} # the closing row that begins so is left out"
        yield "    entities:"
        for one in guess.entities:
            yield from self._entity(one)
        yield from _listed("    # Not used: ", guess.unused)
        yield from _listed("    # Never read (names, addresses, contact details, free text): ", guess.never)
        yield from self._text(guess)
        yield from _listed("    # Named more than once, so not read: ", table.repeated)

    def _text(self, guess: Guess) -> Iterator[str]:
        if guess.text:
            yield from _listed("    # Never read (the values look like free text): ", guess.text)
            yield "    # A list of codes among these? Declare the codes in codes.yml and run redress map again."

    def _entity(self, guessed: GuessedEntity) -> Iterator[str]:
        yield f"      {guessed.entity.name}:"
        for name in guessed.lacking:
            yield f"        # NEEDED: nothing was found that feeds {name}; name its column."
        if guessed.columns:
            yield "        columns:"
            for name, feeding in self._in_order(guessed, guessed.columns):
                yield from self._column(guessed, name, feeding, " " * 10)
        elif not guessed.rows:
            yield "        columns: {}"
        if guessed.rows:
            yield "        rows: # side by side in one row of the table"
            for row in guessed.rows:
                yield from self._row(guessed, row)

    def _row(self, guessed: GuessedEntity, row: GuessedRow) -> Iterator[str]:
        yield "          - columns:"
        for name, feeding in self._in_order(guessed, row.columns):
            yield from self._column(guessed, name, feeding, " " * 14)
        if row.when:
            yield f"            # {row.note}"
            yield f"            when: [{', '.join(_scalar(name) for name in row.when)}]"

    def _in_order(self, guessed: GuessedEntity, columns: dict[str, Feeding]) -> list[tuple[str, Feeding]]:
        return [(name, columns[name]) for name in guessed.entity.columns if name in columns]

    def _column(self, guessed: GuessedEntity, name: str, feeding: Feeding, indent: str) -> Iterator[str]:
        note = f" # {feeding.note}" if feeding.note else ""
        if feeding.constant is not None:
            yield f"{indent}{name}: {{constant: {_scalar(feeding.constant)}}}{note}"
        elif feeding.expression is not None:
            yield f"{indent}{name}: {{expression: {_scalar(feeding.expression)}}}{note}"
        elif feeding.sample:
            values = values_of(guessed.entity.columns[name], feeding.sample, self.codes)
            yield from self._fed(guessed.entity.columns[name], feeding.sample.header, values, indent, note)

    def _fed(self, column: Column, header: str, values: Values, indent: str, note: str) -> Iterator[str]:
        if values.map or values.separator:
            yield f"{indent}{column.name}:{note}"
            yield f"{indent}  column: {_scalar(header)}"
            if values.separator:
                yield f"{indent}  separator: {_scalar(values.separator)}"
            if values.map:
                yield f"{indent}  values:"
                for value, meant in values.map.items():
                    yield f"{indent}    {_scalar(value)}: {_scalar(meant)}"
        else:
            yield f"{indent}{column.name}: {_scalar(header)}{note}"
        for value, (count, near) in values.unknown.items():
            like = f"; like {near}" if near else ""
            times = "1 row" if count == 1 else f"{count:,} rows"
            yield f"{indent}  # not understood: {_scalar(value)} ({times}{like})"
        if values.hidden:
            yield f"{indent}  # not understood, and not shown (it may be free text): {values.hidden:,} different"
        listed = column.values_from
        if listed and values.unknown:
            yield f"{indent}  # For these, in codes.yml under {listed}:"
            for value, (_, near) in values.unknown.items():
                standard = f", maps_to: {near or 'CODE'}" if listed in MAPPED_TO_STANDARD else ""
                yield f"{indent}  #   {_scalar(value)}: {{label: {_scalar(value)}{standard}}}"

    def _name(self, guess: Guess) -> str:
        words = plain(guess.table.sheet or PurePath(guess.table.file).stem).split()
        name = (
            "_".join(word for word in words if word.isascii() and not word.isdigit()) or guess.entities[0].entity.name
        )
        self.names[name] += 1
        return name if self.names[name] == 1 else f"{name}_{self.names[name]}"

    def _dated(self, guess: Guess) -> Iterator[SampledColumn]:
        for one in guess.entities:
            for name, feeding in one.feedings():
                if feeding.sample and one.entity.columns[name].type in ("date", "timestamp"):
                    yield feeding.sample

    def _forms(self, guesses: Sequence[Guess]) -> tuple[DateForm, ...]:
        found: Counter[DateForm] = Counter()
        for guess in guesses:
            for sample in self._dated(guess):
                found += forms_of(sample.counts)
        return tuple(form for form, _ in found.most_common())


def _is_contract_form(guess: Guess) -> bool:
    """Whether the file bears the name of its entity, and its columns those of the contract."""
    entity, table = guess.entities[0].entity, guess.table
    is_named_so = file_pattern(table.file) in (f"{entity.name}.csv", f"{entity.name}_{{date}}.csv")
    return is_named_so and not table.sheet and set(table.columns) <= set(entity.columns)


def file_pattern(file: str) -> str:
    """A file's name with {date} for its date, or * for a date that Redress does not read."""
    dated = _DATE_IN_NAME.sub("{date}", file, count=1)
    return dated if dated != file else _OTHER_DATE_IN_NAME.sub("*", file, count=1)


def _scalar(text: str) -> str:
    """A text as YAML on one line, in quotation marks where it needs them."""
    bare: str = yaml.safe_dump(text, allow_unicode=True, width=float("inf")).removesuffix("...\n").strip("\n")
    if "\n" not in bare and bare[:1] not in ("'", '"') and not any(mark in bare for mark in ",[]{}#:"):
        return bare
    quoted: str = yaml.safe_dump(text, allow_unicode=True, width=float("inf"), default_style='"')
    return quoted.strip("\n")


def _listed(beginning: str, names: Sequence[str]) -> Iterator[str]:
    """A comment of several lines, none too wide."""
    if not names:
        return
    line = beginning
    for name in names:
        shown = " ".join(name.split())[:60]
        if len(line) + len(shown) > WIDEST and line.strip("# "):
            yield line.rstrip()
            line = "    #   "
        line += shown + ("; " if name != names[-1] else "")
    yield line.rstrip()
