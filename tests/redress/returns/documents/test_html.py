"""The page of a return: complete, in order, escaped, readable without its pictures, and changed by a council's look."""

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from redress.councils import Council
from redress.errors import RedressError, UsageError
from redress.returns.documents import write
from redress.returns.documents.charts import Charts, draw_all
from redress.returns.documents.html import page, paragraphs
from redress.returns.documents.look import look_of
from redress.returns.figures import BuiltReturn
from tests.redress.returns.documents.long_return import NASTY, long_return
from tests.redress.returns.samples import sample_return

VOID = {"meta", "link", "img", "br", "hr", "input"}


class Tree(HTMLParser):
    """Tags in order with their attributes and the text directly in them; every one must be closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.open: list[int] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(len(self.tags) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.tags[self.open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts[self.open[-1]] += data

    def all(self, *names: str) -> list[tuple[str, dict[str, str], str]]:
        """Every tag of some names: name, attributes, text."""
        found = zip(self.tags, self.texts, strict=True)
        return [(*tag, text.strip()) for tag, text in found if tag[0] in names]


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Council:
    """A council with no look of its own."""
    folder = tmp_path_factory.mktemp("councils") / "barsetshire"
    folder.mkdir()
    (folder / "settings.yml").write_text("council_name: Barsetshire\n", encoding="utf-8")
    return Council(folder)


@pytest.fixture(scope="module")
def built() -> BuiltReturn:
    return long_return()


@pytest.fixture(scope="module")
def charts(built: BuiltReturn) -> Charts:
    return draw_all(built)


@pytest.fixture(scope="module")
def html(built: BuiltReturn, charts: Charts, council: Council) -> str:
    return page(built, charts, look_of(council))


def own_look(council: Council, tmp_path: Path, files: dict[str, str | bytes]) -> Council:
    """The council with files of its own look."""
    folder = tmp_path / council.name
    look = folder / "returns" / "look"
    (look / "templates").mkdir(parents=True)
    (folder / "settings.yml").write_text("council_name: Barsetshire\n", encoding="utf-8")
    for name, content in files.items():
        (look / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return Council(folder)


def test_tags_are_closed_and_ids_are_given_once(html: str) -> None:
    ids = Counter(attributes["id"] for _, attributes in Tree(html).tags if "id" in attributes)
    assert [name for name, count in ids.items() if count > 1] == []


def test_links_and_labels_lead_to_places_on_the_page(html: str) -> None:
    tags = Tree(html).tags
    ids = {attributes["id"] for _, attributes in tags if "id" in attributes}
    links = {attributes["href"][1:] for tag, attributes in tags if tag == "a"}
    labels = {name for _, attributes in tags for name in attributes.get("aria-labelledby", "").split()}
    assert links
    assert labels
    assert links | labels <= ids


def test_headings_begin_with_one_h1_and_skip_no_level(html: str) -> None:
    levels = [int(tag[1]) for tag, _, _ in Tree(html).all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_contents_list_every_section_and_table_that_is_printed(html: str, built: BuiltReturn) -> None:
    links = [text for tag, _, text in Tree(html).all("a")]
    for section in built.sections:
        assert section.heading in links
    for table in built.tables:
        assert table.title in links


def test_every_figure_is_printed_and_can_be_pointed_at(html: str, built: BuiltReturn) -> None:
    cells = {attributes["id"]: text for _, attributes, text in Tree(html).all("td") if "id" in attributes}
    assert cells == {figure.id: figure.shown for figure in built.figures}


def test_every_table_has_a_caption_and_every_heading_a_scope(html: str) -> None:
    tree = Tree(html)
    assert len(tree.all("caption")) == len(tree.all("table")) == 13
    assert all(text.startswith("Table ") for _, _, text in tree.all("caption"))
    assert {attributes.get("scope") for _, attributes, _ in tree.all("th")} == {"col", "row"}
    assert all(text for _, attributes, text in tree.all("th") if "group" not in attributes.get("class", ""))


def test_no_cell_is_merged(html: str) -> None:
    assert "colspan" not in html
    assert "rowspan" not in html


def test_the_basis_stands_under_every_table(html: str) -> None:
    assert html.count("<li>Basis: received. Counts complaints received in the period.</li>") == 13


def test_a_symbol_is_named_for_those_who_cannot_see_it_and_explained_in_the_notes(html: str) -> None:
    assert re.search(r'class="symbol">c<span class="unseen"> \(suppressed\)</span>', html)
    assert re.search(r'class="symbol">z<span class="unseen"> \(not applicable\)</span>', html)
    assert [text for _, _, text in Tree(html).all("dt") if len(text) == 1] == ["c", "z"]
    assert "Counts from 1 to 4 are shown as c" in html


def test_status_is_visible(html: str, built: BuiltReturn, council: Council) -> None:
    assert "Internal: not for publication" in html
    assert "Draft, not signed off" in html
    signed = replace(built, is_publication=True, signed_off="Head of Quality on 3 July 2018", version=2)
    published = page(signed, {}, look_of(council))
    assert "not for publication" not in published
    assert "Draft" not in published
    assert "Signed off by Head of Quality on 3 July 2018" in published
    for text in ("30 June 2018", "sample", "2017/18 (1 April 2017 to 31 March 2018)"):
        assert text in html
        assert text in published


def test_internal_tables_stay_out_of_a_publication_and_hidden_ones_out_of_everything(council: Council) -> None:
    built = sample_return()
    first, second = built.sections[0].tables
    section = replace(built.sections[0], tables=(replace(first, internal=True), replace(second, hidden=True)))
    built = replace(built, sections=(section,))
    internal = page(built, {}, look_of(council))
    published = page(replace(built, is_publication=True), {}, look_of(council))
    assert first.title in internal
    assert first.title not in published
    assert second.title not in internal + published


def test_text_of_definitions_and_labels_is_escaped(html: str) -> None:
    assert "<script" not in html
    assert html.count("</style>") == 1
    assert "<b>" not in html
    tree = Tree(html)
    assert NASTY in [text for _, _, text in tree.all("h2")]
    assert NASTY in [text for _, _, text in tree.all("h3")]
    assert NASTY in [text for _, _, text in tree.all("title")]


def test_a_title_cannot_break_out_of_the_style(council: Council, built: BuiltReturn) -> None:
    nasty = replace(built, title='A"; } body { display: none } </style><script>alert(1)</script>')
    html = page(nasty, {}, look_of(council))
    assert "<script" not in html
    assert html.count("</style>") == 1
    assert 'content: "A\\22 ; }' in html


def test_nothing_is_loaded_and_nothing_runs(html: str) -> None:
    tree = Tree(html)
    assert not [tag for tag, _ in tree.tags if tag in ("script", "link", "iframe", "object", "img")]
    assert not re.search(r"@import|url\((?!#)", html)
    policy = next(a["content"] for _, a in tree.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")


def test_charts_are_images_with_a_name_and_a_text(html: str, charts: Charts) -> None:
    images = [attributes for _, attributes, _ in Tree(html).all("svg")]
    assert len(images) == len(charts)
    assert {image["role"] for image in images} == {"img"}
    described = [text for _, _, text in Tree(html).all("desc")]
    assert described == [charts[table.name].text for table in long_return().tables if table.name in charts]


def test_the_same_return_gives_the_same_page(html: str, council: Council) -> None:
    again = long_return()
    assert page(again, draw_all(again), look_of(council)) == html


def test_paragraphs_and_lists() -> None:
    assert paragraphs("One\nline.\n\n- a\n- b\n  more\n\nTwo.") == [
        {"text": "One line.", "items": []},
        {"text": "", "items": ["a", "b more"]},
        {"text": "Two.", "items": []},
    ]
    assert paragraphs("Text:\n- a") == [{"text": "Text:", "items": []}, {"text": "", "items": ["a"]}]
    assert paragraphs("A range of 3 - 5 days") == [{"text": "A range of 3 - 5 days", "items": []}]
    assert paragraphs("") == []


def test_a_table_wider_than_a_page_is_parted_for_print_only(built: BuiltReturn, council: Council) -> None:
    on_screen = Tree(page(built, {}, look_of(council)))
    in_print = Tree(page(built, {}, look_of(council), for_pdf=True))
    captions = [text for _, _, text in in_print.all("caption")]
    assert [text for text in captions if text.endswith("(part 1 of 2)")]
    assert [text for text in captions if text.endswith("(part 2 of 2)")]
    for tree in (on_screen, in_print):
        cells = Counter(attributes["id"] for _, attributes, _ in tree.all("td") if "id" in attributes)
        assert cells == Counter(figure.id for figure in built.figures)


def test_a_councils_texts_logo_style_and_layout(council: Council, tmp_path: Path) -> None:
    layout = '{% extends "shared/return.html" %}{% block head %}<meta name="own">{% endblock %}'
    own = own_look(
        council,
        tmp_path,
        {
            "texts.yml": "footer: Questions to the complaints team.\nlogo_alt: The arms of {council} & its hundred\n",
            "style.css": ":root { --brand: #4c2c92; }\n",
            "logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "templates/return.html": layout,
        },
    )
    html = page(sample_return(), {}, look_of(own))
    assert "Questions to the complaints team." in html
    assert html.index("--brand: #12436d") < html.index("--brand: #4c2c92")
    assert '<meta name="own">' in html
    logo = next(attributes for _, attributes, _ in Tree(html).all("img"))
    assert logo["alt"] == "The arms of Barsetshire & its hundred"
    assert logo["src"].startswith("data:image/svg+xml;base64,")
    assert "Stage 1 outcomes by service" in html, "what is not overridden is as it was"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"texts.yml": "foter: a\n"}, r"texts\.yml has a text 'foter' that no document prints; did you mean footer\?"),
        ({"texts.yml": "footer: [a]\n"}, r"texts\.yml holds something else than texts"),
        ({"texts.yml": "a: b: c\n"}, r"texts\.yml cannot be read"),
        ({"texts.yml": b"footer: \xff\n"}, r"texts\.yml cannot be read .*; save it as UTF-8"),
        ({"style.css": "a {}\nb { background: url(http://x/y.png) }"}, r"style\.css, line 2, loads something"),
        ({"style.css": "</style><script>"}, r"style\.css, line 1, loads something or ends the style"),
        ({"logo.png": b"not a picture"}, r"logo\.png is no PNG picture"),
        ({"logo.png": b"\x89PNG\r\n\x1a\n" + bytes(600_000)}, r"logo\.png has 600,008 bytes"),
        ({"logo.gif": b"GIF89a"}, r"logo\.gif is not part of a look; did you mean logo"),
        ({"templates/tabel.html": ""}, r"tabel\.html overrides no template; did you mean table\.html\?"),
        ({"templates/notes.html": "one\n{% if %}"}, r"notes\.html, line 2: .*; correct the template"),
        ({"templates/notes.html": "one\ntwo {{ nothing }}"}, r"notes\.html, line 2: 'nothing' is undefined"),
        ({"templates/notes.html": "{{ 1 / 0 }}"}, r"notes\.html, line 1: division by zero"),
        ({"templates/notes.html": "{{ ''.__class__.__mro__ }}"}, r"notes\.html, line 1: access to attribute"),
        ({"templates/return.html": '{% extends "return.html" %}'}, "includes or extends itself"),
        ({"templates/notes.html": '<script src="x.js"></script>'}, "has <script>, which loads or runs something"),
        ({"templates/notes.html": '<img src="https://example.org/a.png" alt="">'}, "has <img>, which loads"),
        ({"templates/notes.html": '{% include "../../settings.yml" %}'}, r"notes\.html, line 1"),
    ],
)  # fmt: skip
def test_a_broken_look_is_one_sentence_that_names_it(
    council: Council, tmp_path: Path, files: dict[str, str | bytes], said: str
) -> None:
    own = own_look(council, tmp_path, files)
    with pytest.raises(RedressError, match=said) as problem:
        page(sample_return(), {}, look_of(own))
    assert "\n" not in str(problem.value)


def test_a_failure_leaves_earlier_documents_as_they_were(council: Council, tmp_path: Path) -> None:
    """Also those that were already made again when another one failed."""
    out = tmp_path / "out"
    first = write(sample_return(), ["html"], out, council)
    assert [path.name for path in first.paths] == ["barsetshire-annual-2017-18.html"]
    before = first.paths[0].read_bytes()
    broken = own_look(council, tmp_path, {"templates/notes.html": "{% if for_pdf %}{{ nothing }}{% endif %}"})
    with pytest.raises(RedressError, match="'nothing' is undefined"):
        write(replace(sample_return(), title="Another"), ["html", "pdf"], out, broken)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {"barsetshire-annual-2017-18.html": before}


def test_a_publication_and_the_internal_version_stand_side_by_side(council: Council, tmp_path: Path) -> None:
    for publication in (False, True):
        write(replace(sample_return(), is_publication=publication), ["html"], tmp_path, council)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "barsetshire-annual-2017-18-publication.html",
        "barsetshire-annual-2017-18.html",
    ]


def test_an_unknown_format_writes_nothing(council: Council, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'odt' is not a format of documents; choose from html, xlsx, docx, pdf, csv"):
        write(sample_return(), ["html", "odt"], tmp_path / "out", council)
    assert not (tmp_path / "out").exists()


def test_columns_that_share_the_first_part_of_their_heading_stand_under_it(
    built: BuiltReturn, council: Council
) -> None:
    section = built.sections[0]
    table = section.tables[0]
    labels = ["2016/17, Number", "2016/17, Share", "Change", "All"]
    heads = tuple(replace(head, label=label, group=None) for head, label in zip(table.columns[:4], labels, strict=True))
    table = replace(table, columns=heads, cells=tuple(row[:4] for row in table.cells))
    sections = (replace(section, tables=(table,)),)
    tree = Tree(page(replace(built, sections=sections), {}, look_of(council)))
    over = [text for _, attributes, text in tree.all("th") if attributes.get("scope") == "colgroup"]
    columns = [text for _, attributes, text in tree.all("th") if attributes.get("scope") == "col"]
    assert over == ["2016/17"]
    assert columns == ["Service area", "Change", "All", "Number", "Share"]
