"""The PDF of a return: tagged, named, with bookmarks, the same every time, left out where pango is missing."""

import re
import subprocess
import sys
import zlib
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest

from redress.councils import Council
from redress.errors import RedressError
from redress.paths import PROJECT
from redress.returns.documents import pdf, write
from redress.returns.documents.charts import draw_all
from redress.returns.documents.html import page
from redress.returns.documents.look import look_of
from tests.redress.returns.documents.long_return import long_return, over_time, quarters
from tests.redress.returns.samples import sample_return

try:
    pdf.require_pango()
except pdf.NoPango as missing:
    NO_PANGO = str(missing)
else:
    NO_PANGO = ""

needs_pango = pytest.mark.skipif(bool(NO_PANGO), reason=NO_PANGO)


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Council:
    folder = tmp_path_factory.mktemp("councils") / "barsetshire"
    folder.mkdir()
    return Council(folder)


@pytest.fixture(scope="module")
def content(council: Council, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """All objects of the PDF of a long return, readable."""
    built = long_return()
    file = tmp_path_factory.mktemp("pdf") / "long.pdf"
    pdf.write_pdf(page(built, draw_all(built), look_of(council), for_pdf=True), file)
    return readable(file)


def readable(file: Path) -> bytes:
    """A PDF with what is compressed in it behind it in plain."""
    raw = file.read_bytes()
    streams = re.findall(rb"stream\n(.*?)\nendstream", raw, re.DOTALL)
    return raw + b"\n".join(_inflated(stream) for stream in streams)


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


@needs_pango
def test_it_says_that_it_can_be_read_aloud(content: bytes) -> None:
    assert b"pdfuaid:part" in content
    assert b"/MarkInfo" in content
    assert b"/Lang (en-GB)" in content
    assert b"/DisplayDocTitle true" in content


@needs_pango
def test_tables_headings_and_pictures_are_tagged(content: bytes) -> None:
    tags = {
        tag: len(re.findall(rb"/S /" + tag.encode() + rb"\b", content)) for tag in ("H1", "H2", "Table", "TH", "Figure")
    }
    assert tags["H1"] == 1
    assert tags["H2"] == 6, "contents, about, three sections, notes"
    assert tags["Table"] >= 13
    assert tags["Figure"] == 10
    alternatives = re.findall(rb"/Alt \(", content) + re.findall(rb"/Alt <", content)
    assert len(alternatives) == 10


@needs_pango
def test_it_has_bookmarks_and_a_title(content: bytes) -> None:
    assert b"/Title (Complaints about children's social care, annual report 2017/18)" in content
    assert b"/Outlines" in content
    assert b"/Title (Stage 1 outcomes by service)" in content


@needs_pango
def test_a_wide_table_lies_on_its_side_and_what_follows_stands_upright_again(council: Council, tmp_path: Path) -> None:
    built = sample_return()
    quarterly = over_time("by_quarter", "run", {"All": [12, 14, 9, 11, 15, 16, 9, 12, 13, 14, 38, 12]}, quarters(12))
    tables = (quarterly, built.tables[1], replace(quarterly, name="again"))
    built = replace(built, sections=(replace(built.sections[0], tables=tables),))
    pdf.write_pdf(page(built, {}, look_of(council), for_pdf=True), tmp_path / "a.pdf")
    boxes = re.findall(rb"/MediaBox \[[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)\]", readable(tmp_path / "a.pdf"))
    shapes = ["wide" if float(width) > float(height) else "upright" for width, height in boxes]
    assert [shape for shape, _ in groupby(shapes)] == ["upright", "wide", "upright", "wide", "upright"]


@needs_pango
def test_two_processes_make_the_same_bytes(council: Council, tmp_path: Path) -> None:
    made = []
    for seed in ("1", "2"):
        code = (
            "import sys; from pathlib import Path; from redress.councils import Council;"
            "from redress.returns.documents import write; from tests.redress.returns.samples import sample_return;"
            f"write(sample_return(), ['pdf'], Path({str(tmp_path / seed)!r}), Council(Path({str(council.folder)!r})))"
        )
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": f"{PROJECT / 'plugins'}:{PROJECT}", "PATH": ""}
        subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=PROJECT)
        file = tmp_path / seed / "barsetshire-annual-2017-18.pdf"
        made.append(file.read_bytes())
    assert made[0] == made[1]
    assert b"CreationDate" not in made[0]


def test_without_pango_the_rest_is_written_and_a_sentence_says_why(
    council: Council, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("ctypes.util.find_library", lambda name: None)

    def unloadable(self: object, name: str, *rest: object) -> object:
        raise OSError(f"cannot load library '{name}'")

    monkeypatch.setattr("cffi.api.FFI.dlopen", unloadable)
    written = write(sample_return(), ["pdf", "html"], tmp_path, council)
    assert [path.name for path in written.paths] == ["barsetshire-annual-2017-18.html"]
    assert written.sentences == (pdf.MISSING,)
    assert [path.name for path in tmp_path.iterdir()] == ["barsetshire-annual-2017-18.html"]


@needs_pango
def test_nothing_is_fetched(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Neither from the network nor from the machine's files, whatever a page says."""
    secret = tmp_path / "secret.svg"
    secret.write_text("<svg xmlns='http://www.w3.org/2000/svg'><text>hidden words</text></svg>", encoding="utf-8")
    pdf.write_pdf(f'<html lang="en"><title>a</title><img alt="a" src="{secret.as_uri()}"></html>', tmp_path / "a.pdf")
    assert "disallowed protocol" in caplog.text


def test_no_pango_is_an_error_for_people() -> None:
    assert issubclass(pdf.NoPango, RedressError)
