"""Where a clerk finds a column of the contract: its heading in the source, and its letter in a spreadsheet."""

from dataclasses import dataclass

from redress.landing.manifests import Manifest
from redress.sources.files.sheets import column_letter


@dataclass(frozen=True)
class SourceColumn:
    """The columns of the source that a column of the contract was read from, in the order source.yml names them.

    name, letter: of the first; a wide workbook feeds one column of the contract from several, so names and letters
    hold all. A letter is A to XFD, or None where the source is no file (a database, a web service), where the column
    stands elsewhere on another sheet, or where the extract landed before places were noted.
    """

    names: tuple[str, ...]
    letters: tuple[str | None, ...]

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def letter(self) -> str | None:
        return self.letters[0]

    @property
    def all_names(self) -> str:
        """S1 received, S2 requested."""
        return ", ".join(self.names)

    @property
    def all_letters(self) -> str | None:
        """K, Q: those that are known; None if none is."""
        return ", ".join(filter(None, self.letters)) or None


def columns_of(manifest: Manifest) -> dict[str, SourceColumn]:
    """Each column of the contract that something was read into (not those that are constant), and where it is from."""
    return {
        column: SourceColumn(names, tuple(_letter(manifest, name) for name in names))
        for column, names in manifest.fed_from.items()
        if names
    }


def _letter(manifest: Manifest, name: str) -> str | None:
    place = manifest.source_places.get(name)
    return None if place is None else column_letter(place)


def source_column(manifest: Manifest, column_name: str | None) -> SourceColumn | None:
    """The source's columns that an issue's column_name speaks of; None where nothing is read into it.

    column_name: a column of the contract, a whole key joined by '|', or (rules on drift) a column of the source itself.
    """
    if not column_name:
        return None
    known = columns_of(manifest)
    found = [known[name] for name in column_name.split("|") if name in known]
    if not found and column_name in manifest.source_columns:
        return SourceColumn((column_name,), (_letter(manifest, column_name),))
    names = tuple(dict.fromkeys(name for column in found for name in column.names))
    return SourceColumn(names, tuple(_letter(manifest, name) for name in names)) if names else None


def file_and_sheet(place: str) -> tuple[str, str | None]:
    """The file and the sheet apart, of what an issue gives as its source_file: 'complaints.xlsx, sheet Cases'."""
    file, _, sheet = place.partition(", sheet ")
    return file, sheet or None
