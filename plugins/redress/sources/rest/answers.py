"""Answers as documents, and the records that lie in them: JSON, JSON run together, XML."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from redress.sources.rest import xml_records
from redress.sources.rest.exchange import Body
from redress.sources.rest.faults import Lasting, Passing
from redress.sources.rest.records import Number

_WEB_PAGE = re.compile(
    rb"\A(\xef\xbb\xbf)?\s*(<\?xml[^>]*\?>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html)\b", re.I | re.S
)
NOTHING = object()
_SPACE = re.compile(r"[ \t\r\n]*")


def documents(body: Body, form: str) -> Iterator[Any]:
    """The documents of an answer, in order.

    Raises AnswerFault when they cannot be read.
    """
    if _WEB_PAGE.match(body.content[:4096]):
        raise Passing("answered with a web page instead of records; look whether it is under repair, or wants a login")
    if form == "xml":
        yield xml_records.document(body.content)
        return
    text = _text(body)
    if form == "json_together":
        if not body.measured:
            raise Passing("does not say how long its answer is, so a cut-off one could not be told from a whole one")
        yield from _run_together(text)
        return
    found = _run_together(text)
    first = next(found, None)
    if first is None:
        raise Passing("gave an empty answer")
    yield first
    if next(found, None) is not None:
        raise Lasting("gives several JSON documents in one answer; set format: json_together in source.yml")


def records(document: Any, path: str | None, form: str) -> Iterator[Mapping[str, Any]]:
    """The records of a document: the elements of a list, or a single object.

    Raises AnswerFault when there is nothing at the path, or something else than records.
    """
    if form == "xml":
        yield from xml_records.records(document, path)
        return
    found = at(document, path.split(".")) if path else document
    if found is NOTHING:
        raise Lasting(f"has nothing at {path} in its answer; correct records in source.yml")
    for record in found if isinstance(found, list) else [] if found is None else [found]:
        if not isinstance(record, dict):
            raise Lasting("gives something else than records; correct records in source.yml")
        yield record


def cursor(document: Any, path: str, form: str) -> str | None:
    """What an answer says of the next page, None where there is none."""
    found = xml_records.text_of(document, path) if form == "xml" else at(document, path.split("."))
    return str(found) if isinstance(found, str) and found else None


def at(document: Any, path: list[str]) -> Any:
    """What lies at a path in a document, or NOTHING. Keys may hold dots themselves."""
    if not path:
        return document
    for length in range(1, len(path) + 1):
        key = ".".join(path[:length])
        if isinstance(document, dict) and key in document:
            return at(document[key], path[length:])
    return NOTHING


def _text(body: Body) -> str:
    encoding = body.charset or json.detect_encoding(body.content)
    try:
        return body.content.decode(encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError):
        raise Passing(f"sent an answer that is not {encoding} text throughout, or was cut off") from None


def _run_together(text: str) -> Iterator[Any]:
    """JSON documents one after another, with white space or nothing between them; numbers stay as written."""
    decoder = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=Number)
    position = _end_of_space(text, 0)
    while position < len(text):
        try:
            document, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as problem:
            raise Passing(f"sent an answer that was cut off or is not JSON (character {problem.pos + 1})") from None
        yield document
        position = _end_of_space(text, position)


def _end_of_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position
