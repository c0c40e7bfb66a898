"""Shares of one whole that, each rounded by itself, do not add up to 100."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from redress.returns.checks.findings import Explanation
from redress.returns.figures import BuiltReturn, Figure


def shares_off_100(built: BuiltReturn) -> Iterator[Explanation]:
    """Shares of one whole that, rounded each by itself, do not add up to 100."""
    for table in built.tables:
        shares: dict[tuple[object, ...], list[Figure]] = defaultdict(list)
        for place, column in enumerate(table.columns):
            for row, cells in zip(table.rows, table.cells, strict=True):
                figure = cells[place]
                if figure and figure.show == "share" and not row.is_total:
                    shares[(place, column.label, figure.over)].append(figure)
        sums = {_added(parts) for parts in shares.values() if _is_one_hundred(parts)} - {Decimal(100)}
        if sums and not table.hidden:
            found = " or ".join(str(added) for added in sorted(sums))
            text = f"Percentages add up to {found} instead of 100 because each is rounded."
            yield Explanation("rounding", (table.name,), text, "Percentages may not add up to 100: each is rounded.")


def _is_one_hundred(parts: Iterable[Figure]) -> bool:
    values = [part.value for part in parts]
    return all(value is not None for value in values) and sum(value or 0 for value in values) == 100


def _added(parts: Iterable[Figure]) -> Decimal:
    return sum((part.rounded or Decimal(0) for part in parts), Decimal(0))
