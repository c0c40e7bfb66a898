"""The Word document: real headings, captions and contents, tables that can be read aloud, charts with words."""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from redress.returns.documents.charts import draw_all
from redress.returns.documents.docx import write_docx
from redress.returns.documents.docx_styles import LANDSCAPE_WIDTH, TEXT_WIDTH
from redress.returns.documents.docx_tables import plan
from redress.returns.documents.look import Logo
from redress.returns.documents.wording import PrintedTable
from redress.returns.figures import BuiltReturn, BuiltSection, Sentence
from tests.redress.returns.documents.office import everything_in, plain_look, suppressed, with_figure
from tests.redress.returns.samples import crossed, sample_return

GENDER = "equalities_gender"
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20"/></svg>'


def written(built: BuiltReturn, folder: Path, charts: Mapping[str, Any] | None = None) -> Path:
    file = folder / "return.docx"
    write_docx(built, file, draw_all(built) if charts is None else charts, plain_look(folder))
    return file


def with_sections(*sections: BuiltSection) -> BuiltReturn:
    return replace(sample_return(), sections=sections)


@dataclass(frozen=True)
class Read:
    """A document as its reader sees it."""

    document: Any

    def styled(self, style: str) -> list[str]:
        return [one.text for one in self.document.paragraphs if one.style.name == style]

    def xml(self, tag: str) -> list[Any]:
        found: list[Any] = list(self.document.element.iter(qn(tag)))
        return found


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Read:
    return Read(Document(str(written(sample_return(), tmp_path_factory.mktemp("docx")))))


def test_key_messages_come_first_then_sections_under_real_headings(sample: Read) -> None:
    assert sample.styled("Heading 1") == [
        *("Key messages", "About this report", "Outcomes at Stage 1", "Who complaints were about", "Notes"),
        *("List of tables", "List of charts"),
    ]
    sentence = "Of 55 Stage 1 complaints with an outcome, 22 (40%) were upheld or partially upheld."
    assert sample.styled("List Bullet") == [sentence, sentence]


def test_the_contents_are_a_field_that_reads_right_without_being_worked_out(sample: Read) -> None:
    entries = [text for text in sample.styled("toc 1") if text]
    assert entries == sample.styled("Heading 1")
    instructions = "".join(one.text for one in sample.xml("w:instrText"))
    assert 'TOC \\o "1-1"' in instructions
    assert 'TOC \\h \\z \\c "Table"' in instructions
    marks = [one.get(qn("w:fldCharType")) for one in sample.xml("w:fldChar")]
    assert marks.count("begin") == marks.count("separate") == marks.count("end")


def test_every_link_leads_to_a_bookmark_and_bookmarks_are_unique(sample: Read) -> None:
    bookmarks = [one.get(qn("w:name")) for one in sample.xml("w:bookmarkStart")]
    numbers = [one.get(qn("w:id")) for one in sample.xml("w:bookmarkStart")]
    assert len(set(bookmarks)) == len(bookmarks) == len(set(numbers))
    assert {one.get(qn("w:anchor")) for one in sample.xml("w:hyperlink")} == set(bookmarks)


def test_captions_are_numbered_fields(sample: Read) -> None:
    assert sample.styled("Caption") == [
        "Table 1: Stage 1 outcomes by service",
        "Figure 1: Stage 1 outcomes by service",
        "Table 2: Stage 1 uphold rate by service",
        "Table 3: Gender of the service user by service",
    ]
    assert sample.styled("table of figures") == [
        *(text for text in sample.styled("Caption") if text.startswith("Table")),
        *(text for text in sample.styled("Caption") if text.startswith("Figure")),
    ]
    instructions = [one.text.strip() for one in sample.xml("w:instrText")]
    assert instructions.count("SEQ Table \\* ARABIC") == 3
    assert instructions.count("SEQ Figure \\* ARABIC") == 1


def test_tables_repeat_their_headings_and_have_no_merged_or_split_rows(sample: Read) -> None:
    assert len(sample.document.tables) == 3
    for table in sample.document.tables:
        first, *others = table.rows
        assert first._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in others)
        assert all(cell.text for cell in first.cells)
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
    assert not sample.xml("w:vMerge")
    assert not sample.xml("w:gridSpan")


def test_a_table_prints_what_the_return_shows(sample: Read) -> None:
    rates = sample.document.tables[1]
    assert [[cell.text for cell in row.cells] for row in rates.rows] == [
        ["Service", "Uphold rate"],
        ["Targeted Services", "40%"],
        ["Education & Commissioning", "50%"],
        ["Special Needs Service", "z"],
    ]
    assert sample.styled("Table note")[1:3] == [
        "Basis: received. Counts complaints received in the period.",
        "z: no complaint had an outcome.",
    ]
    assert "z: not applicable. There is nothing to count or to divide by, a percentage of no cases for example." in (
        sample.styled("Normal")
    )


def test_charts_are_pictures_with_words(sample: Read) -> None:
    (properties,) = sample.xml("wp:docPr")
    picture = draw_all(sample_return())["stage1_outcomes_by_service"]
    assert properties.get("descr") == picture.text
    assert properties.get("name") == picture.title
    (shape,) = sample.document.inline_shapes
    assert 10 < shape.width.cm <= TEXT_WIDTH


def test_the_language_the_author_and_the_date_are_stated(sample: Read, tmp_path: Path) -> None:
    properties = sample.document.core_properties
    assert (properties.language, properties.author, properties.last_modified_by) == (
        *("en-GB", "Barsetshire", "Barsetshire"),
    )
    assert properties.title == "Complaints about children's social care, annual report 2017/18"
    assert properties.created.isoformat() == properties.modified.isoformat() == "2018-06-30T00:00:00+00:00"
    assert properties.comments == ""
    with zipfile.ZipFile(written(sample_return(), tmp_path)) as package:
        styles = package.read("word/styles.xml").decode("utf-8")
    assert re.search(r'<w:lang w:val="en-GB"', styles)
    assert "en-US" not in styles


def test_every_page_but_the_first_has_its_number(sample: Read) -> None:
    for section in sample.document.sections:
        footer = section.footer.paragraphs[0].text
        assert re.fullmatch(r"Internal: not for publication\. Draft, not signed off\. Page \d+ of \d+", footer)
    assert sample.document.sections[0].first_page_footer.paragraphs[0].text == ""


def test_the_title_page_says_what_a_reader_must_know(sample: Read) -> None:
    assert sample.styled("Title") == ["Complaints about children's social care, annual report 2017/18"]
    assert {"Figures as at: 30 June 2018", "Status: Draft, not signed off"} <= set(sample.styled("Normal"))
    assert len(sample.styled("Notice")) == 2


def test_a_table_too_wide_for_an_upright_page_is_laid_sideways_and_the_next_is_not(tmp_path: Path) -> None:
    columns = tuple(f"Category {number}, partially upheld" for number in range(11))
    wide = crossed("wide", "Wide", ("service", ("Fostering",)), ("outcome", columns), [[1] * len(columns)])
    narrow = crossed("narrow", "Narrow", ("service", ("Fostering",)), ("outcome", ("Upheld",)), [[1]])
    built = with_sections(BuiltSection("First", "", (), (narrow, wide, narrow)))
    document = Document(str(written(built, tmp_path)))
    upright, sideways = WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE
    assert [section.orientation for section in document.sections] == [upright, sideways, upright]
    assert [section.different_first_page_header_footer for section in document.sections] == [True, False, False]


@pytest.mark.parametrize("columns", [1, 4, 8, 14, 30])
def test_columns_fill_the_page_and_no_more(columns: int) -> None:
    labels = tuple(f"Q{number} 2018/19, partially upheld" for number in range(columns))
    table = crossed("t", "T", ("service", ("Education & Commissioning",)), ("outcome", labels), [[100] * columns])
    found = plan(PrintedTable(1, table))
    assert sum(found.widths) == pytest.approx(LANDSCAPE_WIDTH if found.is_landscape else TEXT_WIDTH)
    assert min(found.widths) > 0


def test_lists_and_paragraphs_of_a_section_are_kept(tmp_path: Path) -> None:
    section = BuiltSection("Learning", "What we did:\n\n- trained staff\n- wrote to families\n\nMore to come.", (), ())
    read = Read(Document(str(written(with_sections(section), tmp_path))))
    assert read.styled("List Bullet") == ["trained staff", "wrote to families"]
    normal = read.styled("Normal")
    assert normal.index("More to come.") == normal.index("What we did:") + 1


def test_notes_of_the_return_stand_in_its_notes(tmp_path: Path) -> None:
    built = replace(sample_return(), notes=("The data end on 30 June 2018: the period is not over.",))
    texts = [one.text for one in Document(str(written(built, tmp_path, {}))).paragraphs]
    assert texts[len(texts) - texts[::-1].index("Notes")] == built.notes[0]


def test_a_message_said_in_two_sections_is_a_key_message_once(tmp_path: Path) -> None:
    first, second = (Sentence("Stage 1 complaints fell."),), (Sentence("Stage 1 complaints fell."), Sentence("More."))
    built = with_sections(BuiltSection("A", "", first, ()), BuiltSection("B", "", second, ()))
    bullets = Read(Document(str(written(built, tmp_path)))).styled("List Bullet")
    assert bullets == ["Stage 1 complaints fell.", "Stage 1 complaints fell.", "Stage 1 complaints fell.", "More."]


def test_a_council_s_logo_stands_first_with_its_words(tmp_path: Path) -> None:
    logo = Logo(file=tmp_path / "logo.svg", data=LOGO, kind="svg", alt="Barsetshire County Council")
    write_docx(sample_return(), tmp_path / "logo.docx", {}, replace(plain_look(tmp_path), logo=logo))
    (properties,) = Read(Document(str(tmp_path / "logo.docx"))).xml("wp:docPr")
    assert properties.get("descr") == "Barsetshire County Council"


def test_a_hidden_figure_is_nowhere_in_the_file(tmp_path: Path) -> None:
    built = with_figure(
        sample_return(), GENDER, 1, 0, numerator=Fraction(7919), value=Fraction(7919), rounded=Decimal(7919)
    )
    assert "7919" in everything_in(written(with_figure(built, GENDER, 1, 0, shown="7919"), tmp_path, {}))
    hidden = suppressed(built, GENDER, 1, 0)
    file = written(with_figure(hidden, GENDER, 1, 0, shown="7919"), tmp_path, {})
    assert "7919" not in everything_in(file)
    text = [one.text for one in Document(str(file)).paragraphs]
    assert any(line.startswith("c: suppressed.") for line in text)
    assert not any("Internal" in line for line in text)


def test_the_same_return_gives_the_same_bytes(tmp_path: Path) -> None:
    files = [written(sample_return(), tmp_path).read_bytes() for _ in range(2)]
    assert all(one == other for one, other in pairwise(files))
