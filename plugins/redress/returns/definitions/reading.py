"""Reads a council's return definition, with the shared tables it includes, and says where a mistake is."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from redress.councils import Council
from redress.errors import UsageError
from redress.returns.definitions.codes import check_codes
from redress.returns.definitions.schema import RelativePeriod, Return, Table
from redress.returns.periods import parse_period
from redress.yaml_files import line_of, nearest, parse, validated

# What a text of a return may have filled in.
WORDS = {"council": "", "period": ""}

SHARED_TABLES = Path(__file__).parents[1] / "tables"


@dataclass(frozen=True)
class Definition:
    """A return definition as read: the parsed return, its file, and a fingerprint of all it was made of."""

    content: Return
    file: Path
    fingerprint: str


def return_file(council: Council, kind: str) -> Path:
    """Where the definition of a kind of return lies."""
    return council.folder / "returns" / f"{kind}.yml"


def kinds(council: Council) -> list[str]:
    """The kinds of return that a council has defined."""
    return sorted(file.stem for file in (council.folder / "returns").glob("*.yml"))


def read_definition(council: Council, kind: str) -> Definition:
    """One return of a council, included tables filled in.

    Raises UsageError where there is none of that kind, or with file, line, key and the allowed values where it
    cannot be understood.
    """
    file = return_file(council, kind)
    if kind not in kinds(council):
        known = ", ".join(kinds(council)) or f"none; write {file}"
        raise UsageError(f"{council.title} has no return of kind {kind[:40]!r} (defined: {known}).")
    document = parse(file, UsageError)
    sections = document.get("sections") if isinstance(document, dict) else None
    for section in sections if isinstance(sections, list) else []:
        if isinstance(section, dict) and isinstance(section.get("tables"), list):
            section["tables"] = [_with_shared(table, file) for table in section["tables"]]
    content = validated(Return, document, file, UsageError)
    _check_words(content, file)
    _check_names(content, file)
    check_codes(content, council, file)
    text = repr(content.model_dump()).encode()
    return Definition(content, file, hashlib.sha256(text).hexdigest()[:16])


def shared_table(slug: str) -> Table:
    """One shared table definition by its slug.

    Raises UsageError where there is none, or where it cannot be understood.
    """
    file = _shared_file(slug, SHARED_TABLES)
    return validated(Table, _with_shared(parse(file, UsageError), file), file, UsageError)


def _with_shared(table: Any, file: Path, chain: tuple[str, ...] = ()) -> Any:
    """A table with the shared definition it includes under its own keys."""
    if not isinstance(table, dict) or not table.get("include"):
        return table
    slug = str(table.get("table") if table["include"] is True else table["include"])
    if slug in chain:
        raise UsageError(f"{file}: the tables {' > '.join([*chain, slug])} include one another in a circle; end it.")
    shared = parse(_shared_file(slug, file), UsageError)
    base = _with_shared(shared, file, (*chain, slug))
    own = {key: value for key, value in table.items() if key != "include"}
    return {key: value for key, value in base.items() if key != "include"} | own


def _shared_file(slug: str, wanted_by: Path) -> Path:
    files = {file.stem: file for file in sorted(SHARED_TABLES.glob("*.yml"))}
    if slug not in files:
        raise UsageError(f"{wanted_by}: there is no shared table {slug[:60]!r} to include{nearest(slug, files)}.")
    return files[slug]


def _check_words(content: Return, file: Path) -> None:
    """Braces in a text are filled in; what cannot be is said with its place."""
    texts: dict[tuple[str | int, ...], str | None] = {
        ("title",): content.title,
        ("introduction",): content.introduction,
    }
    for number, section in enumerate(content.sections):
        texts |= {
            ("sections", number, "heading"): section.heading,
            ("sections", number, "text"): section.text,
        }
    for place, text in texts.items():
        try:
            (text or "").format(**WORDS)
        except (KeyError, ValueError, IndexError, AttributeError):
            key = ".".join(str(part) for part in place)
            known = " and ".join(f"{{{word}}}" for word in WORDS)
            raise UsageError(
                f"{file}, line {line_of(file, place)}: {key}: only {known} can be filled in; "
                "write other braces twice, {{ and }}."
            ) from None


def _check_period(period: str, place: tuple[str | int, ...], table: Table, file: Path) -> None:
    if period in get_args(RelativePeriod):
        return
    try:
        parse_period(period)
    except UsageError:
        near = nearest(period, get_args(RelativePeriod))
        raise UsageError(
            f"{file}, line {line_of(file, place)}: the table {table.name!r} asks for the period {period[:40]!r}, "
            f"which is neither a name{near} nor a period such as 2017/18, Q2 2018/19 or October 2018."
        ) from None


def _check_names(content: Return, file: Path) -> None:
    seen: set[str] = set()
    for number, section in enumerate(content.sections):
        for at, table in enumerate(section.tables):
            for period in table.periods:
                _check_period(period, ("sections", number, "tables", at, "periods"), table, file)
            if table.name in seen:
                raise UsageError(f"{file}: two tables are called {table.name!r}; give one of them a key of its own.")
            seen.add(table.name)
            if table.metric is None and not (table.has_no_metric or _names_metrics(table)):
                raise UsageError(
                    f"{file}: the table {table.name!r} names no metric; add metric: to it or to its items."
                )


def _names_metrics(table: Table) -> bool:
    items = [item for axis in (table.rows, table.columns) if axis for item in axis.items]
    return bool(items and all(item.metric or item.setting for item in items)) or all(v.metric for v in table.values)
