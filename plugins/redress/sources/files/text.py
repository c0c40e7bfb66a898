"""Reads CSV files as councils send them: any usual encoding and delimiter, the header where it is found."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from redress.errors import RejectedFile
from redress.sources.base import Reading
from redress.sources.definition import FileFeed
from redress.sources.files.encoding import encoding_of, sha256_of
from redress.sources.files.header import Header, find_header, no_header, rows_to_look_at
from redress.sources.files.table import Row, batches_below

DELIMITERS = (",", ";", "|", "\t")


@dataclass(frozen=True)
class _Text:
    path: Path
    name: str
    codec: str

    def rows(self, delimiter: str) -> Iterator[Row]:
        """Every row with its number, the first being 1. A value may hold line ends; its row is one row all the same."""
        number = 0
        with self.path.open(encoding=self.codec, newline="") as file:
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            while True:
                try:
                    cells = next(reader, None)
                except csv.Error:
                    raise RejectedFile(
                        f"{self.name}: row {number + 1} cannot be read as CSV (a quote that is not closed or stands "
                        "inside a value, or a value without end); correct it and deliver it again."
                    ) from None
                if cells is None:
                    return
                number += 1
                yield number, cells

    def head(self, delimiter: str, last: int) -> list[Row]:
        """The rows up to one, or those before the first that cannot be read so."""
        rows: list[Row] = []
        try:
            rows.extend(islice(self.rows(delimiter), last))
        except RejectedFile:
            return rows
        return rows


def read_text(path: Path, name: str, feed: FileFeed) -> Reading:
    """The table of a CSV file. name: what people know the file by.

    Raises RejectedFile for bytes or rows that cannot be read, and where no header is found.
    """
    sha256 = sha256_of(path)
    text = _Text(path, name, encoding_of(path, name, feed.encoding))
    delimiter, header = _layout(text, feed)
    batches = batches_below(header, text.rows(delimiter), feed, name, "", ragged=False)
    return Reading(dict.fromkeys(header.columns), batches, sha256, places=header.columns)


def _layout(text: _Text, feed: FileFeed) -> tuple[str, Header]:
    """The delimiter with which the header shows most of what is sought, then most columns; and that header."""
    asked = DELIMITERS if feed.delimiter == "detect" else (feed.delimiter,)
    heads = {delimiter: text.head(delimiter, rows_to_look_at(feed)) for delimiter in asked}
    found = {delimiter: header for delimiter, head in heads.items() if (header := find_header(head, feed))}
    if not found:
        raise no_header(text.name, "", feed)
    return max(found.items(), key=lambda layout: (layout[1].found, len(layout[1].columns)))
