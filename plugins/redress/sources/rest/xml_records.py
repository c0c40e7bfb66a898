"""XML answers: elements as records. Entities and references to other files are refused."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from redress.sources.rest.faults import Lasting, Passing
from redress.sources.rest.records import OWN_TEXT

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

DEEPEST = 100
_ERRORS = {"error", "errors", "exception", "fault"}
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_NOT_DATA = "{http://www.w3.org/2001/XMLSchema-instance}"


def document(content: bytes) -> "Element":
    """The root of an answer. Raises AnswerFault when it cannot be parsed or holds entities."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(content)
    except DefusedXmlException:
        raise Lasting("sent XML that defines entities, which are not read; ask the service's keeper") from None
    except (ParseError, ValueError, LookupError) as problem:
        row = getattr(problem, "position", (0, 0))[0]
        raise Passing(f"sent an answer that was cut off or is not XML (row {row})") from None
    if _name(root).lower() in _ERRORS:
        raise Passing("reports an error of its own instead of records")
    return root


def records(root: "Element", name: str | None) -> Iterator[dict[str, Any]]:
    """The elements of a name, wherever they lie, or the root's children; attributes as @name."""
    for element in root if name is None else _outermost(root, name):
        value = _value(element, 1)
        yield value if isinstance(value, dict) else {"value": value}


def text_of(root: "Element", name: str) -> str | None:
    """The text of the first element of a name, None where there is none."""
    found = next(_outermost(root, name), None)
    return None if found is None else (found.text or "").strip() or None


def _outermost(element: "Element", name: str) -> Iterator["Element"]:
    waiting = [element]
    while waiting:
        current = waiting.pop()
        if _name(current) == name:
            yield current
        else:
            waiting.extend(reversed(current))


def _value(element: "Element", depth: int) -> Any:
    """An element as a dictionary, or as its text where it has neither attributes nor elements within."""
    if depth > DEEPEST:
        raise Lasting("nests its records too deep; ask the service's keeper")
    text = (element.text or "").strip() or None
    if element.get(_NIL) in ("true", "1"):
        return None
    found: dict[str, Any] = {
        f"@{_local(name)}": value for name, value in element.attrib.items() if not name.startswith(_NOT_DATA)
    }
    for child in element:
        name, value = _name(child), _value(child, depth + 1)
        if name in found:
            earlier = found[name]
            found[name] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            found[name] = value
    if not found:
        return text
    return {**found, OWN_TEXT: text} if text else found


def _name(element: "Element") -> str:
    return _local(element.tag) if isinstance(element.tag, str) else ""


def _local(name: str) -> str:
    return name.rpartition("}")[2]
