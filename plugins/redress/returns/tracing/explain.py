"""From a figure to the cases it counts, and from each to its source file and row. Internal output only."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from redress.errors import UsageError
from redress.paths import Home
from redress.returns.figures import BuiltReturn, Figure, Population
from redress.returns.metrics import asking
from redress.returns.metrics.metrics import Metrics
from redress.returns.metrics.published import semantic_manifest
from redress.returns.signing import store
from redress.returns.signing.folders import ReturnFolder
from redress.returns.signing.publish_figures import known_ids
from redress.returns.tracing.places import places
from redress.returns.tracing.source_rows import SourceRow, source_rows
from redress.returns.tracing.tracer import Tracer, entities_of

if TYPE_CHECKING:
    from rich.console import Console

STAGE = "stage_number"


@dataclass(frozen=True)
class Case:
    """One case in a number: what it adds, and the records it does so by."""

    reference: str
    adds: Fraction
    rows: tuple[SourceRow, ...]


@dataclass(frozen=True)
class Part:
    """One number of a figure: its numerator, its denominator, or those of the figure it is compared with.

    number is what the figure was built with; cases what the published records say now. cases is None where
    the number counts nothing that has a reference.
    """

    name: str
    number: Fraction | None
    population: Population
    is_sum: bool
    cases: tuple[Case, ...] | None

    @property
    def agrees(self) -> bool:
        """Whether the cases still add up to the number."""
        return self.cases is None or not self.is_sum or sum(case.adds for case in self.cases) == (self.number or 0)


@dataclass(frozen=True)
class Explanation:
    """A figure with the cases behind it."""

    figure_id: str
    council: str
    title: str
    shown: str
    basis: str
    parts: tuple[Part, ...]
    sentences: tuple[str, ...] = ()


def explain(home: Home, figure_id: str, metrics: Metrics) -> Explanation:
    """The cases behind a figure of the return as built last, or of `redress figures`.

    Raises UsageError with the nearest ids where there is no such figure.
    """
    if figure_id.startswith(f"{asking.PREFIX}/"):
        return _explain_asked(home, figure_id, metrics)
    built, figure = _find(home, figure_id)
    place = places(built)[figure_id]
    period = "" if figure.period.label in place.text else f", {figure.period}"
    return _explain(home, metrics, built.council, f"{place.title}: {place.text}{period}", figure)


def show(explanation: Explanation, console: "Console") -> None:
    """Prints an explanation as tables; for use inside the council only."""
    from rich.text import Text

    from redress.show import table

    console.print(Text(f"{explanation.title}: {explanation.shown} (basis: {explanation.basis})"))
    for sentence in explanation.sentences:
        console.print(Text(sentence))
    for part in explanation.parts:
        cases = part.cases or ()
        rows = [
            (case.reference, "" if position else _plain(case.adds), row.source_file, row.source_row, row.extract_id)
            for case in cases
            for position, row in enumerate(case.rows)
        ]
        if rows:
            heading = f"{part.name}: {_plain(part.number)}, from {len(cases)} case{'' if len(cases) == 1 else 's'}"
            table(console, heading, ("case", "adds", "file", "row", "extract"), rows)


def _explain(home: Home, metrics: Metrics, council: str, title: str, figure: Figure) -> Explanation:
    tracer = Tracer(metrics, council)
    parts = [_part(home, metrics, tracer, council, *one) for one in _numbers(figure)]
    return Explanation(figure.id, council, title, figure.shown, figure.basis, tuple(parts), _sentences(parts))


def _explain_asked(home: Home, figure_id: str, metrics: Metrics) -> Explanation:
    council, populations = asking.asked(metrics, figure_id)
    metric = metrics.get(figure_id.split("/")[2])
    tracer = Tracer(metrics, council)
    names = ("numerator", "denominator") if metric.is_ratio else ("number",)
    parts = []
    for name, population in zip(names, populations, strict=True):
        number = metrics.count(population.metric, council, population.period, population.conditions)
        parts.append(_part(home, metrics, tracer, council, name, number, population))
    numbers = [part.number for part in parts]
    first = populations[0]
    where = ", ".join(f"{name} {codes[0] or 'blank'}" for name, _, codes in sorted(first.conditions, key=str))
    title = ", ".join(word for word in (metric.label, where, str(first.period)) if word)
    shown = " of ".join(_plain(number) for number in numbers)
    return Explanation(figure_id, council, title, shown, metric.basis, tuple(parts), _sentences(parts))


def _numbers(figure: Figure, which: str = "") -> list[tuple[str, Fraction | None, Population]]:
    """A figure's numbers with what they count. A change is explained by the figure now and the one before."""
    of_name = "numerator" if figure.over else "number"
    found = [(which + of_name, figure.numerator, figure.of)] if figure.of else []
    found += [(f"{which}denominator", figure.denominator, figure.over)] if figure.over else []
    named = [(name, number, population) for name, number, population in found if population is not None]
    if figure.before is None:
        return named
    now = [(name, None, population) for name, _, population in named]
    return now + _numbers(figure.before, "earlier ")


def _part(
    home: Home,
    metrics: Metrics,
    tracer: Tracer,
    council: str,
    name: str,
    number: Fraction | None,
    population: Population,
) -> Part:
    metric = metrics.get(population.metric)
    adds = tracer.cases(population)
    is_sum = metric.is_zero_where_missing
    if adds is None:
        return Part(name, number, population, is_sum, None)
    entities = entities_of(semantic_manifest(home), population.metric)
    rows = source_rows(home, council, list(adds), entities, _stage(population))
    cases = tuple(Case(reference, value, tuple(rows[reference])) for reference, value in adds.items())
    if number is None and is_sum:
        number = sum(adds.values(), Fraction(0))
    return Part(name, number, population, is_sum, cases)


def _stage(population: Population) -> str | None:
    """The stage a number counts, where it counts one alone."""
    stages = [codes for name, operator, codes in population.predicates if name == STAGE and operator == "in"]
    return stages[0][0] if len(stages) == 1 and len(stages[0]) == 1 else None


def _sentences(parts: Sequence[Part]) -> tuple[str, ...]:
    found = []
    if not parts:
        found.append("The figure is not counted from records: it is a setting of the council, or nothing is known.")
    for part in parts:
        if part.cases is None:
            found.append(f"The {part.name} was supplied as it stands and counts no cases.")
        elif not part.agrees:
            now = _plain(sum((case.adds for case in part.cases), Fraction(0)))
            found.append(
                f"The {part.name} was {_plain(part.number)} when the return was built, and the records now give {now}; "
                "build the return again."
            )
    return tuple(found)


def _find(home: Home, figure_id: str) -> tuple[BuiltReturn, Figure]:
    parts = figure_id.split("/")
    if len(parts) > 3 and all(part not in ("", ".", "..") for part in parts[:3]):
        folder = ReturnFolder(home.returns.joinpath(*parts[:3]))
        for is_publication in (False, True):
            file = folder.figures_file(is_publication)
            if file.exists():
                built = store.read(file)
                figure = next((one for one in built.figures if one.id == figure_id), None)
                if figure is not None:
                    return built, figure
    known = known_ids(home)
    near = difflib.get_close_matches(figure_id, known, n=3, cutoff=0.5)
    hint = (
        f"did you mean {', '.join(near)}?" if near else "build the return first; its CSV holds the id of each figure."
    )
    raise UsageError(f"There is no figure {figure_id[:100]!r} in the returns built so far; {hint}")


def _plain(number: Fraction | None) -> str:
    """A number as people write it, to at most two places."""
    return "" if number is None else f"{float(number):,.2f}".rstrip("0").rstrip(".")
