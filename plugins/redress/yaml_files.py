"""Reads the YAML files that people write, and says where a mistake is: file, line, key and what is allowed."""

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from redress.errors import RedressError

Model = TypeVar("Model", bound=BaseModel)

# Pydantic names the branch of a union it tried among the keys.
UNION_MARKS = ("function-", "list[")

# What is said where the file has something of another shape.
SHAPES = {
    "model_type": "a list of keys with their values",
    "model_attributes_type": "a list of keys with their values",
    "dict_type": "a list of keys with their values",
    "list_type": "a list",
    "tuple_type": "a list",
    "string_type": "a text (in quotation marks if it looks like a number or date)",
}


def parse(file: Path, error: type[RedressError] = RedressError) -> Any:
    """The document of a YAML file; None if it is empty. Raises the error with file and line."""
    try:
        loader = yaml.SafeLoader(file.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        _refuse_repeated_keys(node, file, error)
        return loader.construct_document(node) if node else None
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise error(f"{file}, line {line}: this is not YAML ({problem.problem}); correct the line.") from None
    except OSError as problem:
        raise error(f"{file} cannot be read: {problem.strerror}; correct the file.") from None
    except (UnicodeDecodeError, yaml.YAMLError) as problem:
        raise error(f"{file} cannot be read: {str(problem).splitlines()[0]}; correct the file.") from None


def validated(model: type[Model], document: Any, file: Path, error: type[RedressError] = RedressError) -> Model:
    """The document as a model. Raises the error with file, line, key and what is allowed there."""
    try:
        return model.model_validate(document)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = _place(first, file, _branches(model))
        key = ".".join(str(part) for part in place) or "the file"
        raise error(f"{file}, line {line_of(file, place)}: {key}: {_sentence(first, place, model)}.") from None


def line_of(file: Path, place: Iterable[Any]) -> int:
    """The line of a key, or of the nearest thing above it that is in the file."""
    node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    line = 1
    for part in place:
        key, value = _step(node, part)
        if value is None:
            break
        line, node = (key or value).start_mark.line + 1, value
    return line


def nearest(name: str, known: Iterable[str]) -> str:
    """In brackets: the names most like one that is not known, or some that are."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=2, cutoff=0.6)
    return f" (did you mean {' or '.join(near)}?)" if near else f" (known: {', '.join(names[:12])})"


def _refuse_repeated_keys(node: yaml.Node | None, file: Path, error: type[RedressError]) -> None:
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
                    raise error(f"{file}, line {line}: the key {key.value!r} is written twice; keep one of them.")
                names.add(str(key.value))
                waiting.append(value)


def _place(error: Mapping[str, Any], file: Path, branches: Collection[str]) -> list[Any]:
    """The keys to where the mistake is, without the branches of unions that pydantic names among them."""
    loc = [part for part in error["loc"] if not (isinstance(part, str) and part.startswith(UNION_MARKS))]
    node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    place: list[Any] = []
    for number, part in enumerate(loc):
        _, value = _step(node, part)
        if value is not None or part not in branches or number == len(loc) - 1:
            place.append(part)
            node = value
    if error["type"] in ("union_tag_invalid", "union_tag_not_found"):
        place.append(str(error["ctx"]["discriminator"]).strip("'"))
    return place


def _step(node: yaml.Node | None, part: Any) -> tuple[yaml.Node | None, yaml.Node | None]:
    """The key and the value below a node; of an item of a list the value alone."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(part)), (None, None))
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return None, node.value[part]
    return None, None


def _sentence(error: Mapping[str, Any], place: Sequence[Any], model: type[BaseModel]) -> str:
    kind = error["type"]
    if kind == "extra_forbidden":
        schema = model.model_json_schema()
        allowed = _keys_at(schema, error["loc"][:-1], schema)
        return f"the key {place[-1]!r} is not known here{nearest(str(place[-1]), sorted(allowed))}"
    if kind in ("missing", "union_tag_not_found"):
        return "this key is needed and missing"
    if kind == "literal_error":
        return f"{str(error['input'])[:60]!r} is not allowed; write {error['ctx']['expected']}"
    if kind == "union_tag_invalid":
        return f"{str(error['ctx']['tag'])[:60]!r} is not allowed; write one of {error['ctx']['expected_tags']}"
    if kind in SHAPES:
        return f"{SHAPES[kind]} is needed here"
    said = str(error["ctx"]["error"]) if kind == "value_error" else str(error["msg"])
    return f"{said[:1].lower()}{said[1:]}"


def _branches(model: type[BaseModel]) -> set[str]:
    """The values of keys, such as kind, by which one of several models is chosen."""
    waiting: list[Any] = [model.model_json_schema()]
    found: set[str] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            found |= set(one.get("discriminator", {}).get("mapping", {}) if "oneOf" in one else ())
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else []
    return found


def _keys_at(one: Mapping[str, Any], loc: Sequence[Any], schema: Mapping[str, Any]) -> set[str]:
    """The keys that a part of a JSON schema allows at a place below it. loc: the place, as pydantic names it."""
    if "$ref" in one:
        return _keys_at(schema["$defs"][one["$ref"].rpartition("/")[2]], loc, schema)
    branches = one.get("discriminator", {}).get("mapping", {})
    if loc and loc[0] in branches:
        return _keys_at({"$ref": branches[loc[0]]}, loc[1:], schema)
    options = [option for union in ("anyOf", "oneOf", "allOf") for option in one.get(union, ())]
    found = {key for option in options for key in _keys_at(option, loc, schema)}
    if not loc:
        return found | {*one.get("properties", ())}
    if isinstance(loc[0], str) and loc[0].startswith(UNION_MARKS):
        return found | _keys_at(one, loc[1:], schema)
    others = one.get("items" if isinstance(loc[0], int) else "additionalProperties")
    below = one.get("properties", {}).get(loc[0], others)
    return found | (_keys_at(below, loc[1:], schema) if isinstance(below, dict) else set())
