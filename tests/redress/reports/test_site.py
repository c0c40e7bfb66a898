"""The whole site: made in one step, whole in itself, told of what is decided meanwhile, and without personal values."""

import json
import re
import shutil
import threading
from html import unescape
from pathlib import Path

import pytest

from redress.councils import get_council, load_councils
from redress.errors import RedressError
from redress.paths import Home
from redress.reports.decisions import write_decisions
from redress.reports.folders import site_folder
from redress.reports.site import PAGES, build_site
from redress.validation.acceptances import accept, withdraw
from tests.redress.reports.conftest import in_environment
from tests.redress.reports.two_nights import SECRET_BIRTH_DATE


@pytest.fixture(scope="module")
def root(two_nights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of both nights' folder, with its site."""
    copy = shutil.copytree(two_nights, tmp_path_factory.mktemp("site") / "root", symlinks=True)
    with in_environment(copy):
        build_site(Home(copy / "data"), load_councils(copy / "councils"))
    return copy


@pytest.fixture
def home(root: Path) -> Home:
    return Home(root / "data")


def decided(home: Home) -> dict[str, list[str]]:
    """Keys by what was decided since the pages were built."""
    text = (site_folder(home) / "data" / "decisions.js").read_text(encoding="utf-8")
    document = json.loads(text.removeprefix("window.redressDecisions = ").removesuffix(";\n"))
    return {word: [one["key"] for one in issues] for word, issues in document.items()}


def test_every_page_leads_to_every_other(home: Home) -> None:
    for page in PAGES:
        text = (site_folder(home) / page.file).read_text(encoding="utf-8")
        assert {one.file for one in PAGES} <= set(re.findall(r'href="([a-z_]+\.html)"', text))
        assert text.count('aria-current="page"') == 1


def test_links_between_pages_lead_somewhere(home: Home) -> None:
    for file in site_folder(home).glob("*.html"):
        links = re.findall(r'(?:href|src)="([^"#]+)', file.read_text(encoding="utf-8"))
        assert [link for link in links if not (site_folder(home) / link).exists()] == [], file.name


def test_pages_ask_for_nothing_from_elsewhere(home: Home) -> None:
    for file in site_folder(home).rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert "default-src 'none'" in unescape(text), file
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', text), file


def test_no_personal_value_is_on_any_page(home: Home) -> None:
    for file in site_folder(home).rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            for planted in (SECRET_BIRTH_DATE, "PERSON-Z", "Quillfeather"):
                assert planted.encode() not in content, file


def test_what_is_accepted_and_taken_back_reaches_pages_that_are_made_already(root: Path, home: Home) -> None:
    with in_environment(root):
        council = get_council("barsetshire")
        made = accept(home, council, "D05", "A3", "The letter crossed in the post", "quality lead")
        write_decisions(home)
        key = "barsetshire|D05|stages|A3|1|acknowledged_date|1"
        assert decided(home) == {"accepted": [key], "withdrawn": []}
        withdraw(home, council, made.number, "quality lead", "By mistake")
        write_decisions(home)
        assert decided(home) == {"accepted": [], "withdrawn": []}


def test_a_site_can_be_made_while_warnings_are_accepted(root: Path, home: Home) -> None:
    """Whichever ends last, the pages in force know of the decision."""
    with in_environment(root):
        council = get_council("barsetshire")
        making = threading.Thread(target=build_site, args=(home, load_councils(root / "councils")))
        making.start()
        made = accept(home, council, "D05", "A3", "Looked at", "quality lead")
        write_decisions(home)
        making.join()
        assert len(decided(home)["accepted"]) == 1
        withdraw(home, council, made.number, "quality lead", "By mistake")
        write_decisions(home)


def test_before_the_first_publication_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RedressError, match="run `redress nightly` first"):
        build_site(Home(tmp_path), {})
