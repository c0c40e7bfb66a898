"""Seeds about 2% of faults into a copy of the clean drop, each with its lines in an answer key."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from shutil import copytree

from redress.demo.faults import course, dates, values
from redress.demo.faults.drop import Drop, NothingLeft
from redress.demo.records import SEED
from redress.errors import UsageError

SHARE = 0.02
KINDS = (*dates.KINDS, *course.KINDS, *values.KINDS)


def write_dirty_drop(clean: Path, folder: Path, seed: int = SEED) -> dict[str, int]:
    """Copies the clean drop to <folder>/<council> and seeds faults; the same seed gives the same bytes.

    answer_key.csv lists each row a rule must find beyond what it finds in the clean drop: a line a
    failing row. Returns the number of faults by council.
    Raises UsageError if there is no clean drop.
    """
    councils = sorted(path.parent.name for path in clean.glob("*/cases.csv"))
    if not councils:
        raise UsageError(f"There is no clean drop in {clean}; write it first.")
    seeded = {}
    for council in councils:
        copytree(clean / council, folder / council, dirs_exist_ok=True)
        drop = Drop(folder / council, Random(f"{council} {seed}"))
        wanted = round(SHARE * sum(len(rows) for rows in drop.rows.values()))
        seeded[council] = _seed(drop, wanted, list(KINDS))
        drop.write()
    return seeded


def _seed(drop: Drop, wanted: int, kinds: list[Callable[[Drop], None]]) -> int:
    """Seeds one fault of each kind in turn, in an order of the council's own, until there are enough."""
    drop.rng.shuffle(kinds)
    done = 0
    while kinds and done < wanted:
        for kind in list(kinds):
            if done == wanted:
                break
            try:
                kind(drop)
                done += 1
            except NothingLeft:
                kinds.remove(kind)
    return done
