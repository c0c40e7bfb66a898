"""From a figure to its cases and to the file and row each came from."""

from fractions import Fraction
from io import StringIO

import pytest
from rich.console import Console

from redress.errors import UsageError
from redress.returns.metrics.published import open_metrics
from redress.returns.tracing.explain import explain, show
from tests.redress.returns.signing.conftest import Town

PREFIX = "anytown/annual/2023-24"


@pytest.fixture(scope="module")
def ask(nights, tmp_path_factory):
    """Asks of the second night's draft."""
    town = Town(tmp_path_factory.mktemp("explain"), nights)
    town.next_night()
    town.build()
    with open_metrics(town.home) as metrics:
        yield lambda figure_id: explain(town.home, figure_id, metrics)


def sources(part):
    """By case, each row it came from."""
    return {
        case.reference: [(row.entity, row.source_file, row.source_row, row.extract_id) for row in case.rows]
        for case in part.cases
    }


def test_a_share_is_traced_to_file_and_row_of_the_version_in_force(ask):
    found = ask(f"{PREFIX}/stage1_outcomes/upheld/share")
    assert (found.title, found.shown, found.basis) == ("Stage1 outcomes: Upheld, Share, 2023/24", "2 of 4", "received")
    numerator, denominator = found.parts
    assert sources(numerator) == {
        "C1": [
            ("cases", "cases.csv", 2, "cases_2024-06-28_1"),
            ("stages", "stages.csv", 2, "stages_2024-06-28_1"),
        ],
        "C4": [
            ("cases", "cases.csv", 5, "cases_2024-06-28_1"),
            ("stages", "stages.csv", 5, "stages_2024-07-05_2"),
        ],
    }
    assert [case.reference for case in denominator.cases] == ["C1", "C2", "C3", "C4"]
    assert [case.adds for case in denominator.cases] == [1, 1, 1, 1]
    assert found.sentences == ()


def test_a_referral_without_a_case_has_its_own_reference(ask):
    found = ask("figures/anytown/ombudsman_received/2023-24")
    assert sources(found.parts[0]) == {"O1": [("ombudsman", "ombudsman.csv", 2, "ombudsman_2024-06-28_1")]}


def test_a_figure_that_was_asked_for_is_explained_by_its_id(ask):
    found = ask("figures/anytown/stage1_received/2023-24/gender=male")
    assert (found.title, found.shown) == ("Stage 1 complaints received, gender male, 2023/24", "2")
    assert [case.reference for case in found.parts[0].cases] == ["C3", "C4"]


def test_a_rate_that_was_asked_for_has_two_parts(ask):
    found = ask("figures/anytown/stage1_uphold_rate/2023-24")
    assert [(part.name, part.number, len(part.cases)) for part in found.parts] == [
        ("numerator", Fraction(2), 2),
        ("denominator", Fraction(4), 4),
    ]


def test_a_change_is_explained_by_both_periods_and_by_rows_of_its_stage(ask):
    now, earlier = ask(f"{PREFIX}/growth/all/2023-24").parts
    assert (now.name, [case.reference for case in now.cases]) == ("number", ["C1", "C2", "C3", "C4"])
    assert (earlier.name, earlier.number) == ("earlier number", 1)
    assert [(entity, row) for entity, _, row, _ in sources(earlier)["C5"]] == [("cases", 6), ("stages", 6)]


def test_an_average_is_not_taken_for_a_sum(ask):
    found = ask("figures/anytown/stage1_working_days_average/2023-24")
    assert [len(part.cases) for part in found.parts] == [4]
    assert found.sentences == ()


@pytest.fixture
def stale_ask(town):
    """Asks of figures that were built on the first night, when the second is published."""
    town.build()
    town.next_night()
    with open_metrics(town.home) as metrics:
        yield lambda figure_id: explain(town.home, figure_id, metrics)


def test_records_that_changed_since_the_build_are_said_to_have(stale_ask):
    assert stale_ask(f"{PREFIX}/stage1_outcomes/upheld/number").sentences == (
        "The number was 1 when the return was built, and the records now give 2; build the return again.",
    )


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (f"{PREFIX}/stage1_outcomes/upheld/numbr", rf"did you mean {PREFIX}/stage1_outcomes/upheld/number"),
        ("anytown/annual/2023-24/../x", "There is no figure"),
        ("nonsense", "There is no figure 'nonsense' in the returns built so far; build the return first"),
        ("figures/anytown/stage1_recieved/2023-24", "did you mean .*stage1_received"),
        ("figures/anytown/stage1_received/2023-24/gendr=male", "did you mean gender"),
        ("figures/anytown/stage1_received/soon", "is not a period"),
    ],
)
def test_a_wrong_id_is_answered_with_the_nearest(ask, wrong, message):
    with pytest.raises(UsageError, match=message):
        ask(wrong)


def test_it_prints_a_line_a_row(ask):
    out = StringIO()
    show(ask(f"{PREFIX}/stage1_outcomes/upheld/number"), Console(file=out, width=120))
    lines = [line.split() for line in out.getvalue().splitlines() if "C4" in line]
    assert lines == [
        ["C4", "1", "cases.csv", "5", "cases_2024-06-28_1"],
        ["C4", "stages.csv", "5", "stages_2024-07-05_2"],
    ]
