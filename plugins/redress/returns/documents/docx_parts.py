"""The parts of a Word document that python-docx has no names for: fields, bookmarks, links, alternative texts."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph


def add_field(paragraph: "Paragraph", instruction: str, result: str) -> None:
    """A field that shows its result until Word works it out again, SEQ Table or PAGE for example."""
    begin_field(paragraph, instruction)
    paragraph.add_run(result)
    end_field(paragraph)


def begin_field(paragraph: "Paragraph", instruction: str, is_dirty: bool = False) -> None:
    """Starts a field whose result follows, in this paragraph or in several. Word fills a dirty one anew."""
    mark = _mark(paragraph, "begin")
    if is_dirty:
        mark.set(_name("w:dirty"), "true")
    text = _element("w:instrText", **{"xml:space": "preserve"})
    text.text = f" {instruction} "
    paragraph.add_run()._r.append(text)
    _mark(paragraph, "separate")


def end_field(paragraph: "Paragraph") -> None:
    """Ends the field begun last."""
    _mark(paragraph, "end")


def add_bookmark(paragraph: "Paragraph", name: str, number: int) -> None:
    """Marks the whole paragraph as a place that links lead to. Numbers are unique in a document."""
    start = _element("w:bookmarkStart", **{"w:id": str(number), "w:name": name})
    first_run = next((run._r for run in paragraph.runs), None)
    if first_run is None:
        paragraph._p.append(start)
    else:
        first_run.addprevious(start)
    paragraph._p.append(_element("w:bookmarkEnd", **{"w:id": str(number)}))


def add_link(paragraph: "Paragraph", bookmark: str, text: str) -> None:
    """Text that leads to a bookmark of the document."""
    link = _element("w:hyperlink", **{"w:anchor": bookmark, "w:history": "1"})
    run = paragraph.add_run(text)
    link.append(run._r)
    paragraph._p.append(link)


def describe(picture: Any, title: str, text: str) -> None:
    """Gives an inline picture its alternative text."""
    properties = picture._inline.docPr
    properties.set("name", title)
    properties.set("descr", text)


def _mark(paragraph: "Paragraph", kind: str) -> Any:
    mark = _element("w:fldChar", **{"w:fldCharType": kind})
    paragraph.add_run()._r.append(mark)
    return mark


def _element(tag: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement

    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(_name(name), value)
    return element


def _name(name: str) -> str:
    from docx.oxml.ns import qn

    name_in_full: str = qn(name)
    return name_in_full
