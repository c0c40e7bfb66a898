"""What a reader sees of a return: its figures, and the numbers each of them tells."""

from collections.abc import Iterator
from fractions import Fraction

from redress.returns.figures import BuiltReturn, BuiltTable, Figure, Population


def figures_of(built: BuiltReturn) -> Iterator[tuple[BuiltTable | None, Figure]]:
    """Every figure that a return prints, with its table; those of sentences have none."""
    for section in built.sections:
        for table in section.tables:
            if not table.internal:
                yield from ((table, figure) for row in table.cells for figure in row if figure is not None)
        for sentence in section.sentences:
            yield from ((None, figure) for figure in sentence.figures)


def told_by(figure: Figure) -> list[tuple[Population, Fraction | None]]:
    """The numbers a figure speaks of, with those values that it tells."""
    then = told_by(figure.before) if figure.before is not None else []
    if figure.of is None:
        return then
    if figure.show == "change_points":
        return [(one, None) for one in (figure.of, figure.over) if one is not None] + then
    if figure.before is not None:
        told = figure.numerator is not None and figure.before.numerator is not None
        return [(figure.of, figure.before.numerator + figure.numerator if told else None), *then]  # type: ignore[operator]
    own = [(figure.of, figure.numerator)]
    return own if figure.over is None else [*own, (figure.over, figure.denominator)]
