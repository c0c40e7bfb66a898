"""Writes rows as CSV files, and damages files."""

import csv
import io
from random import Random

from redress.contract import load_contract
from tests.properties.words import UNWANTED_MARK


def csv_of(rng: Random, entity: str, rows: list[dict[str, str | None]], damage: float) -> bytes:
    """The rows in contract form, as one system or another writes it; now and then a column is missing or unknown."""
    names = list(load_contract().entities[entity].columns)
    if rng.random() < 0.2:
        rng.shuffle(names)
    if rng.random() < damage / 3:
        names.remove(rng.choice(names))
    unwanted = ["surname"] if rng.random() < 0.1 else []
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=rng.choice(["\n", "\r\n"]))
    writer.writerow(names + unwanted)
    writer.writerows([row.get(name) for name in names] + [UNWANTED_MARK] * len(unwanted) for row in rows)
    return (b"\xef\xbb\xbf" if rng.random() < 0.1 else b"") + text.getvalue().encode()


def damaged(rng: Random, content: bytes) -> bytes:
    """The file cut off, emptied, spoilt at one byte, or written in an odd way."""
    cut = rng.randrange(len(content) + 1)
    header, _, rest = content.partition(b"\n")
    return rng.choice(
        [
            b"",
            b"\n",
            b"\xef\xbb\xbf",
            header,
            header + b"\n",
            content[:cut],
            content[: content.rfind(b"\n", 0, cut) + 1],
            content[:cut] + b"\xff" + content[cut:],
            content[:cut] + b'"' + content[cut:],
            content[:cut] + b"," + content[cut:],
            content[:cut] + b"\x00" + content[cut:],
            content + b"\n\n",
            content.replace(b"\n", b"\r"),
            header + b"\n" + b"\n" * 3 + rest,
            rest,
            content + content,
        ]
    )
