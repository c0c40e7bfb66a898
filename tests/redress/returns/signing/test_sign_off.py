"""Signing a return: what is kept, what is refused, and that nothing of it changes afterwards."""

import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import redress
from redress.errors import RedressError, UsageError
from redress.returns.signing import record as records
from redress.returns.signing import store
from redress.returns.signing.builds import last_build
from redress.returns.signing.cases import read as read_cases
from redress.returns.signing.reprint import earlier_publications, reprint
from tests.redress.returns.signing.conftest import SIGNED_AT, YEAR, hide_small_counts

PERSON_LIKE = "jo.bloggs@example.org"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class TestWhatIsKept:
    @pytest.fixture
    def signed(self, town):
        town.build()
        return town.sign()

    def test_figures_exactly_with_version_and_signature(self, signed, town):
        kept = store.read(signed.folder / "figures.json")
        draft = last_build(town.home, "anytown", "annual", YEAR).built
        assert kept == replace(draft, version=1, signed_off="Complaints Manager on 3 July 2024")

    def test_documents_bear_the_signature(self, signed):
        text = (signed.folder / "internal" / "anytown-annual-2023-24.html").read_text()
        assert "version 1, Complaints Manager on 3 July 2024" in text

    def test_the_record_says_who_when_and_from_what(self, signed):
        record = json.loads((signed.folder / "record.json").read_text())
        assert record["by"] == "Complaints Manager"
        assert record["signed_at"] == "2024-07-03T09:30:00+00:00"
        assert record["as_at"] == "2024-06-28"
        assert record["snapshot"]
        assert record["load_number"] == 1
        assert record["contract_version"] == 1
        assert record["code_version"] == redress.__version__
        assert record["code_hash"] == records.code_hash()
        assert sorted(record["files"]) == [
            "cases.json",
            "figures.json",
            "internal/anytown-annual-2023-24.html",
            "return_figures.parquet",
        ]

    def test_every_figure_has_its_cases(self, signed, town):
        cases = read_cases(signed.folder / "cases.json")
        figures = {one.id: one for one in store.read(signed.folder / "figures.json").figures}
        upheld = figures["anytown/annual/2023-24/stage1_outcomes/upheld/share"]
        assert (dict(cases.of(upheld.of)), dict(cases.of(upheld.over))) == ({"C1": 1}, {"C1": 1, "C2": 1, "C3": 1})
        ombudsman = next(one for one in figures.values() if one.table == "ombudsman")
        assert dict(cases.of(ombudsman.of)) == {"O1": 1}
        growth = next(one for one in figures.values() if one.table == "growth")
        assert dict(cases.of(growth.before.of)) == {"C5": 1}

    def test_it_is_read_only_and_private_where_it_must_be(self, signed):
        modes = {str(path.relative_to(signed.folder)): oct(mode(path)) for path in signed.folder.rglob("*")}
        assert modes == {
            "cases.json": "0o400",
            "figures.json": "0o400",
            "internal": "0o555",
            "internal/anytown-annual-2023-24.html": "0o444",
            "record.json": "0o444",
            "return_figures.parquet": "0o400",
        }
        assert mode(signed.folder) == 0o555

    def test_the_publication_is_signed_along(self, town):
        town.build()
        town.build(hide_small_counts)
        signed = town.sign()
        kept = store.read(signed.folder / "publication.json")
        assert kept.is_publication
        assert {one.shown for one in kept.figures if one.table == "equalities_gender"} == {"c"}
        assert (signed.folder / "publication" / "anytown-annual-2023-24.html").exists()
        assert [one.signed_off for one in earlier_publications(town.home, "anytown")] == [kept.signed_off]
        assert earlier_publications(town.home, "anytown", before=SIGNED_AT) == []
        assert earlier_publications(town.home, "otherton") == []

    def test_a_publication_folder_holds_documents_only(self, town):
        town.build(hide_small_counts)
        assert [path.name for path in town.folder.publication.iterdir()] == ["anytown-annual-2023-24.html"]
        assert mode(town.folder.figures / "publication.json") == 0o600


class TestSigningAgain:
    def test_the_same_figures_change_nothing(self, town):
        town.build()
        first = town.sign()
        before = everything(town.folder.signed)
        town.build()
        again = town.sign(by="Head of Service", now=SIGNED_AT + timedelta(days=9))
        assert not again.is_new
        assert again.record == first.record
        assert again.sentence == (
            "anytown annual 2023/24, version 1 was signed off by Complaints Manager on 3 July 2024 "
            "with the same figures; nothing was changed."
        )
        assert everything(town.folder.signed) == before

    def test_other_figures_make_the_next_version_with_the_reasons(self, town):
        town.build()
        first = town.sign()
        before = everything(first.folder)
        town.next_night()
        town.build()
        second = town.sign(now=SIGNED_AT + timedelta(days=9))
        assert second.record.version == 2
        assert second.record.previous_seal == first.record.seal
        assert second.record.reasons == ("5 figures changed because records were added, corrected or removed",)
        assert everything(first.folder) == before

    def test_a_publication_that_was_not_signed_yet_makes_one_too(self, town):
        town.build()
        town.sign()
        town.build(hide_small_counts)
        second = town.sign()
        assert (second.record.version, second.record.reasons) == (2, ("a publication was added",))
        assert not town.sign().is_new

    def test_so_does_another_definition(self, town):
        town.build()
        town.sign()
        town.current = replace(town.current, definition_hash="of another wording")
        town.build()
        assert town.sign().record.reasons == ("the definition of the return changed",)


class TestRefusals:
    def test_nothing_built(self, town):
        with pytest.raises(UsageError, match=r"No annual 2023/24 of anytown has been built; build it with"):
            town.sign()
        assert not town.folder.signed.exists()

    @pytest.mark.parametrize("by", ["", "  ", PERSON_LIKE, "x" * 101, "Manager <script>"])
    def test_no_role(self, town, by):
        town.build()
        with pytest.raises(UsageError, match="--by 'Complaints Manager'"):
            town.sign(by=by)
        assert not town.folder.signed.exists()

    def test_figures_that_changed_since_the_draft(self, town):
        town.build()
        town.next_night()
        with pytest.raises(RedressError, match="have changed since its draft was built; build it again"):
            town.sign()

    def test_a_publication_of_other_figures(self, town):
        town.build(hide_small_counts)
        town.next_night()
        town.build()
        with pytest.raises(RedressError, match="have changed since its publication was built"):
            town.sign()

    def test_a_document_that_was_changed(self, town):
        town.build()
        (town.folder.draft / "anytown-annual-2023-24.html").write_text("better figures")
        with pytest.raises(RedressError, match=r"anytown-annual-2023-24\.html in .* is not as it was built"):
            town.sign()

    def test_tables_that_disagree(self, town):
        town.build()
        with pytest.raises(RedressError, match="does not add up, so it cannot be signed: A and B differ by 1; correct"):
            town.sign(disagreements=["A and B differ by 1"])
        assert not town.folder.signed.exists()

    def test_an_earlier_version_that_was_tampered_with(self, town):
        town.build()
        rewrite(town.sign().folder / "figures.json", "{}")
        with pytest.raises(RedressError, match=r"Signed version 1 in .*: figures.json was changed"):
            town.sign()


def rewrite(file: Path, text: str) -> None:
    file.chmod(0o600)
    file.write_text(text)


class TestReprint:
    @pytest.fixture
    def signed(self, town):
        town.build()
        return town.sign()

    def test_byte_for_byte_also_after_the_records_changed(self, signed, town, tmp_path):
        before = (signed.folder / "internal" / "anytown-annual-2023-24.html").read_bytes()
        town.next_night()
        town.build()
        town.sign()
        written = reprint(town.home, "anytown", "annual", YEAR, 1, tmp_path / "out")
        assert [path.name for path in written] == ["anytown-annual-2023-24.html"]
        assert written[0].read_bytes() == before
        assert reprint(town.home, "anytown", "annual", YEAR, 2, tmp_path / "out")[0].read_bytes() != before

    @pytest.mark.parametrize(
        ("damage", "named"),
        [
            (lambda folder: rewrite(folder / "internal" / "anytown-annual-2023-24.html", "x"), r"html was changed"),
            (lambda folder: rewrite(folder / "cases.json", "{}"), r"cases\.json was changed"),
            (lambda folder: (folder / "return_figures.parquet").unlink(), r"return_figures\.parquet is missing"),
            (lambda folder: (folder / "internal" / "extra.pdf").write_text("x"), r"internal/extra\.pdf was added"),
            (
                lambda folder: rewrite(
                    folder / "record.json",
                    (folder / "record.json").read_text().replace("Complaints Manager", "Somebody Else"),
                ),
                r"record\.json was changed",
            ),
        ],
    )
    def test_tampering_is_named_and_nothing_written(self, signed, town, tmp_path, damage, named):
        signed.folder.chmod(0o755)
        (signed.folder / "internal").chmod(0o755)
        damage(signed.folder)
        with pytest.raises(RedressError, match=named):
            reprint(town.home, "anytown", "annual", YEAR, 1, tmp_path / "out")
        assert not (tmp_path / "out").exists()

    def test_a_version_there_is_not(self, signed, town, tmp_path):
        with pytest.raises(UsageError, match=r"There is no signed version 3 in .* \(signed: 1\)"):
            reprint(town.home, "anytown", "annual", YEAR, 3, tmp_path / "out")

    def test_a_publication_that_was_not_signed(self, signed, town, tmp_path):
        with pytest.raises(UsageError, match="signed without publication documents; ask for it without --publication"):
            reprint(town.home, "anytown", "annual", YEAR, 1, tmp_path / "out", is_publication=True)


KILLED = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from redress.paths import Home
from redress.returns.periods import parse_period
from redress.returns.signing import sign_off as module
from redress.returns.signing.builds import last_build
from redress.returns.signing.cases import Cases
def die(*arguments):
    os._exit(9)
home = Home(Path(sys.argv[1]))
current = last_build(home, "anytown", "annual", parse_period("2023/24")).built
write = die if sys.argv[2] == "documents" else (lambda *arguments: None)
module._freeze = die
module.sign_off(home, current, "Manager", datetime.now(UTC), lambda one: Cases({}), write)
"""


@pytest.mark.parametrize("moment", ["documents", "last"])
def test_a_killed_signature_leaves_nothing_in_force(town, moment):
    town.build()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(town.home.root), moment],
        env={**os.environ, "PYTHONPATH": str(Path(redress.__file__).parents[1])},
        check=False,
        capture_output=True,
    )
    assert done.returncode == 9, done.stderr
    assert town.folder.versions == []
    assert town.sign(now=datetime(2024, 7, 4, tzinfo=UTC)).record.version == 1
    assert sorted(path.name for path in town.folder.signed.iterdir()) == ["1"]


def test_documents_that_cannot_be_written_leave_nothing(town):
    town.build()

    def fail(*arguments: object) -> None:
        raise RedressError("There is no room on the disk.")

    with pytest.raises(RedressError, match="no room"):
        town.sign(write_documents=fail)
    assert list(town.folder.signed.iterdir()) == []
