"""What a cell of a table holds besides its text: whether it is withheld, its unit, its number, its heading."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from redress.returns.figures import Figure, Head, Show

UNITS: dict[Show, str] = {
    "count": "count",
    "percent": "percent",
    "share": "percent",
    "amount": "pounds",
    "number": "number",
    "change_count": "count",
    "change_percent": "percent",
    "change_points": "percentage points",
}

_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d.,£%]+\Z)")


def is_withheld(figure: Figure) -> bool:
    """Whether the figure is suppressed: nothing but its symbol may be printed of it."""
    return figure.symbol == "c"


def unit(figure: Figure) -> str:
    """What the figure is counted in: count, percent, percentage points, pounds or number."""
    return UNITS[figure.show]


def text(figure: Figure) -> str:
    """What a document prints of it: the rounded figure or its symbol, for a suppressed one never anything else."""
    return "c" if is_withheld(figure) else figure.shown


def number(figure: Figure) -> Decimal | None:
    """The figure as rounded for printing, where what is printed is that number; None for symbols and words."""
    if figure.symbol is not None or figure.rounded is None:
        return None
    try:
        printed = Decimal(re.sub(r"[,£%+\s]", "", figure.shown).replace("−", "-"))
    except ArithmeticError:
        return None
    return figure.rounded if printed == figure.rounded else None


def heading(head: Head) -> str:
    """A heading that can be read alone: its group comes first where it stands under one."""
    if head.group and not head.label.startswith(head.group):
        return f"{head.group}, {head.label}"
    return head.label


def distinct(labels: Iterable[str]) -> list[str]:
    """The labels, a later one that reads like an earlier one (capitals apart) with a number behind it."""
    taken: set[str] = set()
    found = []
    for label in labels:
        candidate, again = label, 1
        while candidate.casefold() in taken:
            again += 1
            candidate = f"{label} ({again})"
        taken.add(candidate.casefold())
        found.append(candidate)
    return found


def one_unit(figures: Sequence[Figure | None]) -> str | None:
    """The unit that all of some figures have in common; None where they differ or there are none."""
    units = {unit(figure) for figure in figures if figure is not None}
    return units.pop() if len(units) == 1 else None


def harmless(text: str) -> str:
    """Text that a spreadsheet takes for a formula, with an apostrophe before it; other text and numbers as they are."""
    return f"'{text}" if _FORMULA.match(text) else text
