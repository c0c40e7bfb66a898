"""The cases behind every figure of a return, kept beside the signed figures (internal use only)."""

import json
from dataclasses import dataclass
from pathlib import Path

from redress.errors import RedressError
from redress.returns.figures import BuiltReturn, Figure, Population
from redress.returns.signing import store
from redress.returns.tracing.tracer import Contributions, Tracer

NO_CASES: Contributions = {}


@dataclass(frozen=True)
class Cases:
    """By population, what each case adds; None where it counts nothing that has a reference."""

    by_population: dict[Population, Contributions | None]

    def of(self, population: Population | None) -> Contributions:
        """The cases of one number; none where it counts no cases."""
        return (self.by_population.get(population) if population else None) or NO_CASES


def populations(figure: Figure) -> list[Population]:
    """What a figure's numerator and denominator count, and those of the figure it is compared with."""
    own = [population for population in (figure.of, figure.over) if population is not None]
    return own + (populations(figure.before) if figure.before else [])


def cases_behind(built: BuiltReturn, tracer: Tracer) -> Cases:
    """The cases behind every figure of a return."""
    wanted = {population for figure in built.figures for population in populations(figure)}
    return Cases({population: tracer.cases(population) for population in wanted})


def write(cases: Cases, built: BuiltReturn, file: Path) -> None:
    """Writes each population once, and which figures count it."""
    figures: dict[Population, list[str]] = {}
    for figure in built.figures:
        for population in populations(figure):
            figures.setdefault(population, []).append(figure.id)
    document = [
        {
            "population": store.encode(Population, population),
            "figures": sorted(set(figures.get(population, []))),
            "cases": None if found is None else {reference: str(value) for reference, value in found.items()},
        }
        for population, found in cases.by_population.items()
    ]
    document.sort(key=lambda one: json.dumps(one, sort_keys=True))
    file.write_text(store.document_text({"schema": store.SCHEMA, "populations": document}), encoding="utf-8")


def read(file: Path) -> Cases:
    """The cases a file holds. Raises RedressError if it cannot be read."""
    from fractions import Fraction

    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        return Cases(
            {
                store.decode(Population, one["population"]): None
                if one["cases"] is None
                else {reference: Fraction(value) for reference, value in one["cases"].items()}
                for one in document["populations"]
            }
        )
    except (OSError, KeyError, TypeError, ValueError) as problem:
        raise RedressError(f"{file} cannot be read ({type(problem).__name__}); restore it from a copy.") from None
