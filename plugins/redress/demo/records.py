"""Rebuilds case-level records of five councils from the figures they published.

The numbers come from data/published_figures.csv; what the recipes add is which cases stand behind
them (data/populations.csv says so table by table). They are reconstructions, not anyone's data.
"""

from importlib import import_module
from pathlib import Path

from redress.demo.book import Book
from redress.errors import UsageError

SEED = 20200630
PREFIXES = {
    "harrow": "HAR",
    "croydon": "CRO",
    "halton": "HAL",
    "central_bedfordshire": "CBE",
    "northamptonshire": "NOR",
}


def write_drop(folder: Path, council: str | None = None, seed: int = SEED) -> dict[str, dict[str, int]]:
    """Writes <folder>/<council>/<entity>.csv in contract form; the same seed gives the same bytes.

    Returns the number of rows by council and entity.
    Raises UsageError for a council that has no recipe.
    """
    if council is not None and council not in PREFIXES:
        raise UsageError(f"There are no demo records of {council[:40]!r}; choose one of {', '.join(PREFIXES)}.")
    counts = {}
    for name in [council] if council else PREFIXES:
        book = Book(name, PREFIXES[name], seed)
        import_module(f"redress.demo.recipes.{name}").rebuild(book)
        book.write(folder / name)
        counts[name] = {entity: len(rows) for entity, rows in book.rows.items()}
    return counts
