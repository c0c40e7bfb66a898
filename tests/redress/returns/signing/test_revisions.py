"""A late record changes exactly the figures it counts in, and the list says which, why and by which case."""

from dataclasses import replace
from fractions import Fraction

import pytest

from redress.returns.signing import record as records
from redress.returns.signing.revisions import printable, revisions, rows_for_people
from tests.redress.returns.signing.conftest import SIGNED_AT, hide_small_counts

PREFIX = "anytown/annual/2023-24"


@pytest.fixture
def signed_town(town):
    town.build()
    town.sign()
    return town


def test_nothing_signed_means_no_revisions(town):
    assert revisions(town.home, town.current, town.cases.of) is None


def test_the_same_figures_are_no_revision(signed_town):
    found = revisions(signed_town.home, signed_town.current, signed_town.cases.of)
    assert (found.figures, found.reasons, printable(found)) == ((), (), ())


class TestALateRecord:
    @pytest.fixture
    def found(self, signed_town):
        signed_town.next_night()
        return revisions(signed_town.home, signed_town.current, signed_town.cases.of)

    def test_exactly_the_figures_it_counts_in(self, found):
        assert {one.figure_id: (one.was_shown, one.now_shown) for one in found.figures} == {
            f"{PREFIX}/stage1_outcomes/upheld/number": ("1", "2"),
            f"{PREFIX}/stage1_outcomes/upheld/share": ("1 of 3", "2 of 4"),
            f"{PREFIX}/stage1_outcomes/not-upheld/share": ("2 of 3", "2 of 4"),
            f"{PREFIX}/stage1_outcomes/total/number": ("3", "4"),
            f"{PREFIX}/stage1_outcomes/total/share": ("3 of 3", "4 of 4"),
        }

    def test_each_names_the_case_and_that_records_changed(self, found):
        assert {(one.came, one.left, one.contributes_otherwise, one.reasons) for one in found.figures} == {
            (("C4",), (), (), ("records",))
        }

    def test_old_and_new_are_exact(self, found):
        share = next(one for one in found.figures if one.figure_id.endswith("/upheld/share"))
        assert (share.was.value, share.now.value) == (Fraction(100, 3), Fraction(50))

    def test_a_document_is_told_without_cases(self, found):
        assert printable(found) == (
            "Version 1 was signed off by Complaints Manager on 3 July 2024; since then 5 figures have changed.",
            "Stage1 outcomes: Upheld, Number was 1 and is 2; Upheld, Share was 1 of 3 and is 2 of 4; "
            "Not upheld, Share was 2 of 3 and is 2 of 4; Total, Number was 3 and is 4; "
            "Total, Share was 3 of 3 and is 4 of 4 (records were added, corrected or removed).",
        )

    def test_the_terminal_is_told_with_cases(self, found):
        assert rows_for_people(found)[0] == (
            "1",
            "2",
            "Stage1 outcomes: Upheld, Number",
            "records were added, corrected or removed",
            "came C4",
        )


def edited(built, table, change):
    """The return with one table changed, or taken out where change gives None."""
    section = built.sections[0]
    tables = [change(one) if one.name == table else one for one in section.tables]
    return replace(built, sections=(replace(section, tables=tuple(one for one in tables if one)),))


def with_first(table, **values):
    first = replace(table.cells[0][0], **values)
    return replace(table, cells=((first, *table.cells[0][1:]), *table.cells[1:]))


class TestReasons:
    def only(self, town, built, cases=None):
        found = revisions(town.home, built, cases or town.cases.of)
        assert len(found.figures) == 1
        return found.figures[0]

    def test_a_figure_that_counts_something_else_is_a_change_of_definition(self, signed_town):
        def change(table):
            of = replace(table.cells[0][0].of, measure="something_else")
            return with_first(table, of=of, numerator=Fraction(9), value=Fraction(9), shown="9")

        built = edited(signed_town.current, "equalities_gender", change)
        assert self.only(signed_town, built, lambda population: {}).reasons == ("definition",)

    def test_a_part_that_is_only_rounded_otherwise_says_so(self, signed_town):
        built = edited(
            signed_town.current, "equalities_gender", lambda table: with_first(table, rounded=None, shown="few")
        )
        assert self.only(signed_town, built).reasons == ("rounding",)

    def test_other_code_is_told_from_other_records(self, signed_town, monkeypatch):
        monkeypatch.setattr(records, "code_hash", lambda: "of another version")
        built = edited(
            signed_town.current,
            "equalities_gender",
            lambda table: with_first(table, numerator=Fraction(1), value=Fraction(1), shown="1"),
        )
        one = self.only(signed_town, built, lambda population: {"C1": Fraction(1)})
        assert (one.left, one.reasons) == (("C2",), ("code",))

    def test_time_that_went_by_is_told_from_other_records(self, signed_town):
        built = replace(
            edited(
                signed_town.current,
                "equalities_gender",
                lambda table: with_first(table, numerator=Fraction(1), value=Fraction(1), shown="1"),
            ),
            as_at=SIGNED_AT.date(),
        )
        assert self.only(signed_town, built).reasons == ("time",)

    def test_a_case_that_counts_otherwise_is_named(self, signed_town):
        built = edited(
            signed_town.current,
            "equalities_gender",
            lambda table: with_first(table, numerator=Fraction(3), value=Fraction(3), shown="3"),
        )
        first = built.figures[next(at for at, one in enumerate(built.figures) if one.table == "equalities_gender")]

        def cases(population):
            known = signed_town.cases.of(population)
            return known | {"C1": Fraction(2)} if population == first.of else known

        assert self.only(signed_town, built, cases).contributes_otherwise == ("C1",)


class TestTables:
    def test_a_table_that_vanished_and_one_that_appeared(self, signed_town):
        def rename(table):
            moved = tuple(tuple(one and replace(one, id=one.id + "-new") for one in row) for row in table.cells)
            return replace(table, name="referrals", title="Referrals", cells=moved)

        found = revisions(signed_town.home, edited(signed_town.current, "ombudsman", rename))
        assert (found.tables_appeared, found.tables_vanished) == (("Referrals",), ("Ombudsman",))
        assert {(one.was_shown, one.now_shown) for one in found.figures} == {
            ("not there", "1"),
            ("1", "no longer there"),
        }
        assert "The table Referrals is new." in printable(found)
        assert "The table Ombudsman is no longer part of the return." in printable(found)
        assert "1 figure vanished" in found.reasons


class TestPublications:
    def test_what_stays_suppressed_is_no_change(self, signed_town):
        town = signed_town
        town.build(hide_small_counts)
        town.sign()
        town.current = edited(
            town.current,
            "equalities_gender",
            lambda table: with_first(table, numerator=Fraction(1), value=Fraction(1), shown="1"),
        )
        assert revisions(town.home, hide_small_counts(town.current)).figures == ()
        assert len(revisions(town.home, town.current).figures) == 1

    def test_a_publication_is_set_beside_the_last_published_version(self, signed_town):
        assert revisions(signed_town.home, hide_small_counts(signed_town.current)) is None

    def test_a_number_that_has_to_go_is_not_printed_again(self, town):
        town.build(lambda built: replace(built, is_publication=True))
        town.sign()
        found = revisions(town.home, hide_small_counts(town.current))
        assert {one.reasons for one in found.figures} == {("disclosure",)}
        assert printable(found)[1:] == (
            "Equalities gender: Girls, 2023/24 is now suppressed; Boys, 2023/24 is now suppressed; "
            "Total, 2023/24 is now suppressed (other figures have to be suppressed).",
        )

    @pytest.mark.parametrize("kind", ["hidden", "internal"])
    def test_tables_that_are_not_published_are_not_spoken_of(self, signed_town, kind):
        town = signed_town
        town.current = edited(town.current, "equalities_gender", lambda table: replace(table, **{kind: True}))
        town.build(lambda built: replace(built, is_publication=True))
        town.build()
        town.sign()
        town.current = edited(
            town.current,
            "equalities_gender",
            lambda table: with_first(table, numerator=Fraction(1), value=Fraction(1), shown="1"),
        )
        assert revisions(town.home, replace(town.current, is_publication=True)).figures == ()
        assert len(revisions(town.home, town.current).figures) == 1
        assert bool(printable(revisions(town.home, town.current))) == (kind == "internal")
