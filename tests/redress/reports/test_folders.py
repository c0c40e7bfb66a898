"""The site's folders: whole or not at all, whoever reads meanwhile, and nothing piles up."""

from pathlib import Path

import pytest

from redress.errors import RedressError
from redress.paths import Home
from redress.reports.folders import drafted, front_page, put_in_force, site_folder


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def publish(home: Home, text: str) -> None:
    with drafted(home) as draft:
        (draft / "index.html").write_text(text)
        put_in_force(home, draft)


def shown(home: Home) -> str:
    return (site_folder(home) / "index.html").read_text()


def test_a_new_site_takes_the_place_of_the_last_one(home: Home) -> None:
    publish(home, "Monday")
    publish(home, "Tuesday")
    assert shown(home) == "Tuesday"


def test_a_page_that_is_open_can_still_be_read(home: Home) -> None:
    publish(home, "Monday")
    with (site_folder(home) / "index.html").open() as page:
        publish(home, "Tuesday")
        assert page.read() == "Monday"


def test_a_build_that_fails_leaves_the_last_site(home: Home) -> None:
    publish(home, "Monday")

    def fail() -> None:
        with drafted(home) as draft:
            (draft / "index.html").write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert shown(home) == "Monday"
    assert not list(home.reports.glob("*.draft"))


def test_what_a_killed_build_left_is_removed_by_the_next(home: Home) -> None:
    publish(home, "Monday")
    (home.reports / "site.000007.draft").mkdir()
    (home.reports / "link.draft").symlink_to("site.000001")
    publish(home, "Tuesday")
    assert shown(home) == "Tuesday"
    assert not list(home.reports.glob("*.draft"))


def test_two_versions_are_kept(home: Home) -> None:
    for day in range(5):
        publish(home, str(day))
    assert sorted(path.name for path in home.reports.iterdir()) == ["site", "site.000004", "site.000005"]


def test_what_redress_did_not_make_is_left_alone(home: Home) -> None:
    site_folder(home).mkdir(parents=True)
    (site_folder(home) / "mine.txt").write_text("keep")
    with pytest.raises(RedressError, match="move it away"):
        publish(home, "Monday")
    assert (site_folder(home) / "mine.txt").read_text() == "keep"


def test_the_folder_has_a_page_that_leads_to_the_site(home: Home) -> None:
    publish(home, "Monday")
    front_page(home)
    assert 'href="site/index.html"' in (home.reports / "index.html").read_text()
