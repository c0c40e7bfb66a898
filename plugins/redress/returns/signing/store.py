"""Built returns as JSON and back, exactly: fractions, decimals, days and populations keep what they are."""

import dataclasses
import hashlib
import json
import types
import typing
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from redress.errors import RedressError
from redress.returns.figures import BuiltReturn

SCHEMA = 1
"""Of the file. A field that is added with a default keeps it; a field that changes its meaning counts it up."""

Codec = Callable[[Any], Any]


def to_text(built: BuiltReturn, **beside: Any) -> str:
    """The return as JSON, with facts beside it; the same return always gives the same text."""
    return document_text({"schema": SCHEMA, "return": encode(BuiltReturn, built)} | beside)


def from_text(text: str, where: str = "The text") -> BuiltReturn:
    """The return that the JSON holds. where names it in messages.

    Raises RedressError if it is none, or was written by a later version of Redress.
    """
    try:
        document = json.loads(text)
        schema = document["schema"]
        if schema > SCHEMA:
            raise RedressError(
                f"{where} holds figures in form {schema} and this version of Redress reads up to {SCHEMA}; "
                "use the version that wrote it, or a later one."
            )
        built: BuiltReturn = decode(BuiltReturn, document["return"])
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as problem:
        raise RedressError(
            f"{where} does not hold the figures of a return ({type(problem).__name__}: {str(problem)[:80]}); "
            "restore it from a copy."
        ) from None
    return built


def read(file: Path) -> BuiltReturn:
    """The return a file holds. Raises RedressError if there is no such file or return."""
    try:
        return from_text(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as problem:
        raise RedressError(f"{file} cannot be read ({type(problem).__name__}); restore it from a copy.") from None


def figures_hash(built: BuiltReturn) -> str:
    """Fingerprint of the figures alone: the same on another night, and in another draft, where no figure changed."""
    figures = [encode(type(figure), figure) for figure in sorted(built.figures, key=lambda figure: figure.id)]
    return hashlib.sha256(document_text(figures).encode()).hexdigest()


def document_text(document: Any) -> str:
    """JSON as it is kept: sorted keys, one form of every value."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def encode(kind: Any, value: Any) -> Any:
    """A value of an annotated type as what JSON knows."""
    return _encoder(kind)(value)


def decode(kind: Any, value: Any) -> Any:
    """The value again."""
    return _decoder(kind)(value)


@cache
def _fields(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


@cache
def _encoder(kind: Any) -> Codec:
    if kind in (Fraction, Decimal, date):
        return str
    if _is_optional(kind):
        inner = _deferred(_encoder, _present(kind))
        return lambda value: None if value is None else inner(value)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        parts = {name: _deferred(_encoder, hint) for name, hint in _fields(kind).items()}
        return lambda value: {name: part(getattr(value, name)) for name, part in parts.items()}
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return lambda value: value.model_dump(mode="json")
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is frozenset:
        inner = _encoder(arguments[0])
        return lambda value: sorted((inner(item) for item in value), key=lambda item: json.dumps(item))
    if origin is tuple and arguments[-1] is Ellipsis:
        inner = _deferred(_encoder, arguments[0])
        return lambda value: [inner(item) for item in value]
    if origin is tuple:
        each = [_encoder(argument) for argument in arguments]
        return lambda value: [part(item) for part, item in zip(each, value, strict=True)]
    return _as_it_is


@cache
def _decoder(kind: Any) -> Codec:
    if kind is date:
        return date.fromisoformat
    if kind in (Fraction, Decimal):
        return lambda value: kind(_text(value))
    if _is_optional(kind):
        inner = _deferred(_decoder, _present(kind))
        return lambda value: None if value is None else inner(value)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        parts = {name: _deferred(_decoder, hint) for name, hint in _fields(kind).items()}
        return lambda value: kind(**{name: parts[name](item) for name, item in value.items()})
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind.model_validate
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is frozenset:
        inner = _decoder(arguments[0])
        return lambda value: frozenset(inner(item) for item in value)
    if origin is tuple and arguments[-1] is Ellipsis:
        inner = _deferred(_decoder, arguments[0])
        return lambda value: tuple(inner(item) for item in value)
    if origin is tuple:
        each = [_decoder(argument) for argument in arguments]
        return lambda value: tuple(part(item) for part, item in zip(each, value, strict=True))
    return _as_it_is


def _deferred(maker: Callable[[Any], Codec], kind: Any) -> Codec:
    """A codec made when first used: a figure may hold a figure."""
    made: list[Codec] = []

    def codec(value: Any) -> Any:
        if not made:
            made.append(maker(kind))
        return made[0](value)

    return codec


def _is_optional(kind: Any) -> bool:
    return typing.get_origin(kind) in (types.UnionType, typing.Union)


def _present(kind: Any) -> Any:
    """X of `X | None`."""
    return next(part for part in typing.get_args(kind) if part is not type(None))


def _as_it_is(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a number in quotes was expected, not {value!r}")
    return value
