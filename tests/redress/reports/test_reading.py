"""What the pages are made of: only what issues name is looked up in landing, however many nights lie there."""

import shutil
from pathlib import Path

from redress.councils import load_councils
from redress.paths import Home
from redress.reports.reading import open_reading

EXTRACT = "council, entity, extract_id"


def test_extracts_that_no_issue_names_are_not_read(two_nights: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "data")
    for room in ("landing", "published"):
        shutil.copytree(two_nights / "data" / room, home.root / room, symlinks=True)
    unreadable = home.landing / "barsetshire" / "cases" / "cases_2023-06-28_aaaaaaaaaaaa"
    unreadable.mkdir()
    (unreadable / "manifest.json").write_text("not a manifest", encoding="utf-8")
    with open_reading(home, load_councils(two_nights / "councils")) as reading:
        named = f"select distinct {EXTRACT} from dq_issues where extract_id is not null order by all"
        assert reading.rows(f"select {EXTRACT} from extracts order by all") == reading.rows(named) != []
