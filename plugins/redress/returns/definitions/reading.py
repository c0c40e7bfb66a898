"""Reads a council's return definition, with the shared tables it includes, and says where a mistake is."""

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from redress.councils import Council
from redress.errors import UsageError
from redress.returns.definitions.schema import (
    Axis,
    Chart,
    Defaults,
    Disclosure,
    Item,
    Printed,
    RelativePeriod,
    Return,
    Section,
    Statement,
    Table,
    Value,
)
from redress.returns.periods import parse_period

Model = TypeVar("Model", bound=BaseModel)

# Pydantic names the branch of a union it tried among the keys.
UNION_MARKS = ("function-", "list[")

# What is said where the file has something of another shape.
SHAPES = {
    "model_type": "a list of keys with their values",
    "model_attributes_type": "a list of keys with their values",
    "dict_type": "a list of keys with their values",
    "list_type": "a list",
    "string_type": "a text (in quotation marks if it looks like a number or date)",
}

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
    document = _parse(file)
    sections = document.get("sections") if isinstance(document, dict) else None
    for section in sections if isinstance(sections, list) else []:
        if isinstance(section, dict) and isinstance(section.get("tables"), list):
            section["tables"] = [_with_shared(table, file) for table in section["tables"]]
    content = _validated(Return, document, file)
    _check_words(content, file)
    _check_names(content, file)
    text = repr(content.model_dump()).encode()
    return Definition(content, file, hashlib.sha256(text).hexdigest()[:16])


def shared_table(slug: str) -> Table:
    """One shared table definition by its slug.

    Raises UsageError where there is none, or where it cannot be understood.
    """
    file = _shared_file(slug, SHARED_TABLES)
    return _validated(Table, _with_shared(_parse(file), file), file)


def _with_shared(table: Any, file: Path, chain: tuple[str, ...] = ()) -> Any:
    """A table with the shared definition it includes under its own keys."""
    if not isinstance(table, dict) or not table.get("include"):
        return table
    slug = str(table.get("table") if table["include"] is True else table["include"])
    if slug in chain:
        raise UsageError(f"{file}: the tables {' > '.join([*chain, slug])} include one another in a circle; end it.")
    shared = _parse(_shared_file(slug, file))
    base = _with_shared(shared, file, (*chain, slug))
    own = {key: value for key, value in table.items() if key != "include"}
    return {key: value for key, value in base.items() if key != "include"} | own


def _shared_file(slug: str, wanted_by: Path) -> Path:
    files = {file.stem: file for file in sorted(SHARED_TABLES.glob("*.yml"))}
    if slug not in files:
        raise UsageError(f"{wanted_by}: there is no shared table {slug[:60]!r} to include{_nearest(slug, files)}.")
    return files[slug]


def _parse(file: Path) -> Any:
    try:
        loader = yaml.SafeLoader(file.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        _refuse_repeated_keys(node, file)
        return loader.construct_document(node) if node else None
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise UsageError(f"{file}, line {line}: this is not YAML ({problem.problem}); correct the line.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise UsageError(f"{file} cannot be read: {str(problem).splitlines()[0]}; correct the file.") from None


def _refuse_repeated_keys(node: yaml.Node | None, file: Path) -> None:
    """YAML takes the last of two keys of one name; the first would be lost without a word."""
    waiting, met = [node], set()
    while waiting:
        one = waiting.pop()
        if id(one) in met:
            continue
        met.add(id(one))
        if isinstance(one, yaml.SequenceNode):
            waiting += one.value
        if isinstance(one, yaml.MappingNode):
            names: set[str] = set()
            for key, value in one.value:
                if str(key.value) in names:
                    line = key.start_mark.line + 1
                    raise UsageError(f"{file}, line {line}: the key {key.value!r} is written twice; keep one of them.")
                names.add(str(key.value))
                waiting.append(value)


def _validated(model: type[Model], document: Any, file: Path) -> Model:
    try:
        return model.model_validate(document)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = [part for part in first["loc"] if not (isinstance(part, str) and part.startswith(UNION_MARKS))]
        line = _line_of(file, place)
        key = ".".join(str(part) for part in place) or "the file"
        raise UsageError(f"{file}, line {line}: {key}: {_sentence(first, place)}.") from None


def _sentence(error: Mapping[str, Any], place: list[Any]) -> str:
    if error["type"] == "extra_forbidden":
        others = [key for key in _keys() if key != place[-1]]
        return f"the key {place[-1]!r} is not known here{_nearest(str(place[-1]), others)}"
    if error["type"] == "missing":
        return "this key is needed and missing"
    if error["type"] == "literal_error":
        allowed = error["ctx"]["expected"]
        return f"{str(error['input'])[:60]!r} is not allowed; write {allowed}"
    if error["type"] in SHAPES:
        return f"{SHAPES[error['type']]} is needed here"
    return f"{str(error['msg'])[:1].lower()}{str(error['msg'])[1:]}"


def _keys() -> list[str]:
    models: tuple[type[BaseModel], ...] = (
        Return,
        Defaults,
        Section,
        Table,
        Axis,
        Item,
        Value,
        Chart,
        Statement,
        Disclosure,
        Printed,
    )
    return sorted({name for model in models for name in model.model_fields})


def _line_of(file: Path, place: Iterable[Any]) -> int:
    """The line of a key, or of the nearest thing above it that is in the file (included tables lie elsewhere)."""
    node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    line = 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line


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
                f"{file}, line {_line_of(file, place)}: {key}: only {known} can be filled in; "
                "write other braces twice, {{ and }}."
            ) from None


def _check_period(period: str, place: tuple[str | int, ...], table: Table, file: Path) -> None:
    if period in get_args(RelativePeriod):
        return
    try:
        parse_period(period)
    except UsageError:
        near = _nearest(period, get_args(RelativePeriod))
        raise UsageError(
            f"{file}, line {_line_of(file, place)}: the table {table.name!r} asks for the period {period[:40]!r}, "
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


def _nearest(name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(name, names, n=2, cutoff=0.5)
    return f" (did you mean {' or '.join(near)}?)" if near else f" (known: {', '.join(names[:12])})"
