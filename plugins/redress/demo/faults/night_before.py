"""The drop of the night before the faulty one, so that the morning has something new, corrected and still open."""

from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from zlib import crc32

from redress.contract import load_contract
from redress.demo.faults.drop import owner, read_rows, write_rows
from redress.demo.faults.seeding import write_dirty_drop
from redress.demo.records import SEED

OTHER_SEED = SEED + 1


def write_night_before(clean: Path, dirty: Path, folder: Path) -> None:
    """Writes <folder>/<council>: a third of the cases clean, a third as tonight, a third with faults of another seed.

    A fault touches one case only, so whole cases can be taken from one drop or another.
    """
    with TemporaryDirectory() as elsewhere:
        write_dirty_drop(clean, Path(elsewhere), OTHER_SEED)
        drops = (clean, dirty, Path(elsewhere))
        for council in sorted(path.parent.name for path in clean.glob("*/cases.csv")):
            copytree(clean / council, folder / council, dirs_exist_ok=True)
            for entity in load_contract().entities:
                rows = [
                    row
                    for third, drop in enumerate(drops)
                    for row in read_rows(drop / council / f"{entity}.csv")
                    if crc32(owner(row).encode()) % len(drops) == third
                ]
                columns = tuple(load_contract().entities[entity].columns)
                write_rows(folder / council / f"{entity}.csv", columns, rows)
