"""From a sample to the text of a source.yml."""

from pathlib import Path

from redress.contract import load_contract
from redress.councils import Codes
from redress.sources.proposing.document import document, file_pattern
from redress.sources.proposing.guess import guess
from redress.sources.proposing.sampling import tables_of


def propose(path: Path, codes: Codes, council: str = "NAME") -> str:
    """A source.yml for the tables of a file or folder, with comments; it loads as it is.

    Of files whose names differ in their dates alone, the last is looked at.

    Raises UsageError if there is no table at the path, RejectedFile for a file that cannot be read.
    """
    order = list(load_contract().entities)
    newest = {(file_pattern(table.file), table.sheet): table for table in tables_of(path)}
    found = [guess(table, codes) for table in newest.values()]
    guesses = sorted(found, key=lambda one: order.index(one.entities[0].entity.name))
    folder = path if path.is_dir() else path.parent
    return document(folder.resolve().as_posix(), council, guesses, codes)
