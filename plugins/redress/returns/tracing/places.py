"""Where each figure of a return stands in print: its table's title, its row's and its column's headings."""

from dataclasses import dataclass

from redress.returns.figures import BuiltReturn, Head


@dataclass(frozen=True)
class Place:
    """A figure's place, in the words of the printed table."""

    title: str
    row: str
    column: str

    @property
    def text(self) -> str:
        """Row and column."""
        return ", ".join(label for label in (self.row, self.column) if label)


def places(built: BuiltReturn) -> dict[str, Place]:
    """The place of each figure, by its id."""
    return {
        figure.id: Place(table.title, _heading(row), _heading(column))
        for table in built.tables
        for row, cells in zip(table.rows, table.cells, strict=True)
        for column, figure in zip(table.columns, cells, strict=True)
        if figure is not None
    }


def _heading(head: Head) -> str:
    return f"{head.group}: {head.label}" if head.group and head.label else head.label
