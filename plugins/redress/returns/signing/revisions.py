"""What changed since a return was signed: each figure, why, and which cases (their references are internal)."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from redress.paths import Home
from redress.returns.figures import BuiltReturn, Figure, Population
from redress.returns.periods import Period
from redress.returns.signing import cases as kept_cases
from redress.returns.signing import record as records
from redress.returns.signing import store
from redress.returns.signing.cases import NO_CASES, Cases, populations
from redress.returns.signing.folders import return_folder
from redress.returns.signing.record import Record
from redress.returns.tracing.places import Place, places
from redress.returns.tracing.source_rows import changed_since, data_state
from redress.returns.tracing.tracer import Contributions

Reason = Literal["records", "definition", "code", "settings", "time", "disclosure", "rounding"]

SUPPRESSED = "c"

FindCases = Callable[[Population], Contributions | None]

WORDS: dict[Reason, str] = {
    "records": "records were added, corrected or removed",
    "definition": "the definition of the return changed",
    "settings": "the council's settings changed",
    "code": "the way it is computed changed",
    "time": "the date of the data moved on",
    "disclosure": "other figures have to be suppressed",
    "rounding": "the parts of a whole are rounded together, and another part changed",
}


@dataclass(frozen=True)
class Revision:
    """One figure that is not what it was. was or now is None where the figure appeared or vanished.

    came, left and contributes_otherwise are references of cases: for internal use, never printed in a document.
    is_hidden: no table prints it.
    """

    figure_id: str
    place: Place
    was: Figure | None
    now: Figure | None
    reasons: tuple[Reason, ...]
    came: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    contributes_otherwise: tuple[str, ...] = ()
    is_hidden: bool = False

    @property
    def was_shown(self) -> str:
        return self.was.shown if self.was else "not there"

    @property
    def now_shown(self) -> str:
        return self.now.shown if self.now else "no longer there"

    @property
    def is_printed(self) -> bool:
        """Whether readers see another figure; otherwise only the numbers behind it differ."""
        return not self.is_hidden and self.was_shown != self.now_shown

    @property
    def why(self) -> str:
        """The reasons in words."""
        return "; ".join(WORDS[reason] for reason in self.reasons)


@dataclass(frozen=True)
class Revisions:
    """A return beside its last signed version."""

    signed: Record
    figures: tuple[Revision, ...]
    tables_appeared: tuple[str, ...]
    tables_vanished: tuple[str, ...]
    definition_changed: bool

    @property
    def printed(self) -> tuple[Revision, ...]:
        """The figures that readers see changed."""
        return tuple(one for one in self.figures if one.is_printed)

    @property
    def reasons(self) -> tuple[str, ...]:
        """In a sentence each, why a new version differs; empty where it does not."""
        changed = [one for one in self.figures if one.was and one.now]
        counts = Counter(one.why for one in changed)
        found = [f"{_figures(count)} changed because {why}" for why, count in sorted(counts.items())]
        appeared, vanished = (sum(side is None for side in sides) for sides in _sides(self.figures))
        found += [f"{_figures(appeared)} appeared"] if appeared else []
        found += [f"{_figures(vanished)} vanished"] if vanished else []
        found += [f"tables added: {', '.join(self.tables_appeared)}"] if self.tables_appeared else []
        found += [f"tables removed: {', '.join(self.tables_vanished)}"] if self.tables_vanished else []
        return tuple(found + (["the definition of the return changed"] if self.definition_changed else []))


def revisions(home: Home, built: BuiltReturn, find_cases: FindCases | None = None) -> Revisions | None:
    """A built return beside the version signed last; None where none is signed. A publication is set beside the last
    signed publication, and what is suppressed in both is no change.

    find_cases gives the cases behind a number as they are now (Tracer.cases does); without it no references are given.
    Raises RedressError if the signed version is not as it was signed.
    """
    folder = return_folder(home, built.council, built.kind, built.period)
    name = records.PUBLICATION_FILE if built.is_publication else records.FIGURES_FILE
    signed = [number for number in folder.versions if (folder.version(number) / name).exists()]
    if not signed:
        return None
    version = folder.version(signed[-1])
    record = records.require_intact(version)
    before = store.read(version / name)
    cases = kept_cases.read(version / records.CASES_FILE) if find_cases else Cases({})
    return _compare(home, record, before, built, cases, find_cases)


def printable(found: Revisions) -> tuple[str, ...]:
    """For a document's notes: the signed version, then by table and reason every figure that readers see changed."""
    intro = (
        f"Version {found.signed.version} was signed off by {found.signed.by} on {long_date(found.signed.day)}; "
        f"since then {_figures(len(found.printed)) if found.printed else 'no figure'} "
        f"{'has' if len(found.printed) < 2 else 'have'} changed."
    )
    groups: dict[tuple[str, str], list[Revision]] = {}
    for one in found.printed:
        groups.setdefault((one.place.title, one.why), []).append(one)
    lines = [f"{title}: {'; '.join(_in_words(one) for one in ones)} ({why})." for (title, why), ones in groups.items()]
    lines += [f"The table {table} is new." for table in found.tables_appeared]
    lines += [f"The table {table} is no longer part of the return." for table in found.tables_vanished]
    return (intro, *lines) if lines else ()


def rows_for_people(found: Revisions) -> list[tuple[str, ...]]:
    """For the terminal, under HEADINGS: what a figure was and is, its place, why, and its cases (internal use)."""
    return [
        (one.was_shown, one.now_shown, f"{one.place.title}: {one.place.text}", one.why, _case_text(one))
        for one in found.figures
    ]


HEADINGS = ("signed", "now", "figure", "why", "cases")


def long_date(day: str) -> str:
    """3 July 2018."""
    on = date.fromisoformat(day)
    return Period(on, on, "day").label


def _compare(
    home: Home, record: Record, before: BuiltReturn, built: BuiltReturn, cases: Cases, find_cases: FindCases | None
) -> Revisions:
    old = {figure.id: figure for figure in before.figures}
    new = {figure.id: figure for figure in built.figures}
    known = places(before) | places(built)
    hidden = {
        figure.id
        for table in (*before.tables, *built.tables)
        if table.hidden or (table.internal and built.is_publication)
        for figure in table.figures
    }
    state = data_state(home, built.council)
    changed = changed_since(home, built.council, record.load_number)
    general: list[Reason] = []
    general += ["definition"] if record.definition_hash != built.definition_hash else []
    general += ["settings"] if state.settings_hash != record.settings_hash else []
    general += ["code"] if records.code_hash() != record.code_hash else []
    general += ["time"] if built.as_at != before.as_at else []
    found = []
    for figure_id in [*new, *(one for one in old if one not in new)]:
        was, now = old.get(figure_id), new.get(figure_id)
        if was and now and _is_same(was, now, built.is_publication):
            continue
        if built.is_publication and figure_id in hidden:
            continue
        came, left, otherwise = _cases(was, now, cases, find_cases)
        touched = bool({*came, *left, *otherwise} & changed)
        reasons = _reasons(was, now, touched, bool(changed), [*came, *left, *otherwise], general)
        found.append(
            Revision(figure_id, known[figure_id], was, now, reasons, came, left, otherwise, figure_id in hidden)
        )
    tables_before, tables_now = ({table.name: table.title for table in one.tables} for one in (before, built))
    return Revisions(
        record,
        tuple(found),
        tuple(title for name, title in tables_now.items() if name not in tables_before),
        tuple(title for name, title in tables_before.items() if name not in tables_now),
        record.definition_hash != built.definition_hash,
    )


def _is_same(was: Figure, now: Figure, is_publication: bool) -> bool:
    if is_publication:
        return (was.shown, was.symbol) == (now.shown, now.symbol)
    return _numbers(was) == _numbers(now)


def _numbers(figure: Figure) -> tuple[object, ...]:
    return figure.numerator, figure.denominator, figure.value, figure.rounded, figure.shown, figure.symbol


def _cases(
    was: Figure | None, now: Figure | None, signed: Cases, find_cases: FindCases | None
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """References that came into a figure's numbers, left them, or count otherwise in them."""
    if find_cases is None:
        return (), (), ()
    came: set[str] = set()
    left: set[str] = set()
    otherwise: set[str] = set()
    old_sides, new_sides = (populations(figure) if figure else [] for figure in (was, now))
    for position in range(max(len(old_sides), len(new_sides))):
        before = signed.of(old_sides[position]) if position < len(old_sides) else NO_CASES
        after = (find_cases(new_sides[position]) or NO_CASES) if position < len(new_sides) else NO_CASES
        came |= set(after) - set(before)
        left |= set(before) - set(after)
        otherwise |= {name for name in set(before) & set(after) if before[name] != after[name]}
    otherwise |= came & left
    return tuple(sorted(came - otherwise)), tuple(sorted(left - otherwise)), tuple(sorted(otherwise))


def _reasons(
    was: Figure | None,
    now: Figure | None,
    touched: bool,
    any_changed: bool,
    references: list[str],
    general: list[Reason],
) -> tuple[Reason, ...]:
    """Records where a case of the figure was touched by a later load; else whatever else is no longer the same."""
    if was is None or now is None:
        return ("definition",)
    found: list[Reason] = ["definition"] if (was.of, was.over, was.show) != (now.of, now.over, now.show) else []
    if touched or (any_changed and not references and not found and _exact(was) != _exact(now)):
        found.append("records")
    if found:
        return tuple(found)
    if _exact(was) == _exact(now) and SUPPRESSED in (was.symbol, now.symbol):
        return ("disclosure",)
    if _exact(was) == _exact(now) and was.rounded != now.rounded and "definition" not in general:
        return ("rounding",)
    return tuple(general) or ("records" if any_changed else "definition",)


def _exact(figure: Figure) -> tuple[object, ...]:
    return figure.numerator, figure.denominator


def _sides(found: Iterable[Revision]) -> tuple[list[Figure | None], list[Figure | None]]:
    listed = list(found)
    return [one.was for one in listed], [one.now for one in listed]


def _in_words(one: Revision) -> str:
    place = one.place.text
    if one.was is None:
        return f"{place} is new and {one.now_shown}"
    if one.now is None:
        return f"{place} was {one.was_shown} and is no longer given"
    if one.now.symbol == SUPPRESSED:
        return f"{place} is now suppressed"
    if one.was.symbol == SUPPRESSED:
        return f"{place} was suppressed and is {one.now_shown}"
    return f"{place} was {one.was_shown} and is {one.now_shown}"


def _case_text(one: Revision) -> str:
    parts = (("came", one.came), ("left", one.left), ("counts otherwise", one.contributes_otherwise))
    return "; ".join(f"{word} {', '.join(references)}" for word, references in parts if references)


def _figures(count: int) -> str:
    return f"{count} figure" + ("" if count == 1 else "s")
