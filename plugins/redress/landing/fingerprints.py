"""What tells one extract from another: the bytes of its file and how they are mapped, or the rows themselves."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from redress.contract.mapping.definition import ContractFeed, DateForm, Feed
from redress.councils import Codes

if TYPE_CHECKING:
    import duckdb


def of_mapping(feed: Feed, codes: Codes, dates: tuple[DateForm, ...]) -> str:
    """The fingerprint of how a feed is read: what source.yml says of it, its name too, and the codes."""
    return _sha256([feed.name, feed.model_dump(mode="json"), codes.model_dump(mode="json"), dates])


def of_mapped_file(sha256: str, feeds: Iterable[Feed], codes: Codes, dates: tuple[DateForm, ...]) -> str:
    """The fingerprint of a file's bytes read through these feeds: a changed mapping makes a new extract of it."""
    mapped = [feed for feed in feeds if not isinstance(feed, ContractFeed)]
    if not mapped:
        return sha256
    return _sha256([sha256, *(of_mapping(feed, codes, dates) for feed in mapped)])


def of_rows(con: "duckdb.DuckDBPyConnection", rows: Path, columns: Iterable[str]) -> str:
    """The fingerprint of landed rows, whatever order they came in, and of the source's names of their columns."""
    (counted,) = con.execute(
        "select count(*), sum(md5_number_lower(row_hash)), sum(md5_number_upper(row_hash)) from read_parquet(?)",
        [str(rows)],
    ).fetchall()
    return _sha256([*(str(number) for number in counted), *columns])


def of_text(text: str) -> str:
    """The fingerprint of a sentence, where nothing could be read."""
    return _sha256([text])


def of_file(path: Path) -> str:
    """The sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sha256(document: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
