"""Feeds printed figures to `reconcile_file`: the published ones against the catalogue of conflicts, and made ones."""

import csv
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redress.errors import UsageError
from redress.returns.reconcile import Finding, reconcile_file, show
from redress.returns.reconcile.rows import COLUMNS, read_rows
from redress.returns.rounding import Rounding, round_one

PUBLISHED = Path(__file__).parents[3] / "plugins/redress/demo/data/published_figures.csv"

FOUND = {
    ("harrow", "change_does_not_follow", 63): "H1",
    ("harrow", "two_values", 194): "H4",
    ("harrow", "two_values", 190): "H5",
    ("harrow", "no_count", 284): "H6",
    ("harrow", "shares_do_not_add_up", 284): "H6",
    ("harrow", "years_swapped", 281): "H7",
    ("harrow", "stock_and_flow", 16): "H9",
    ("harrow", "stock_and_flow", 20): "H10",
    ("harrow", "rounding_departs", 126): "H11",
    ("harrow", "no_one_rounding", 28): "H12",
    ("harrow", "rounding_departs", 217): "H13",
    ("harrow", "rounding_departs", 89): "H14",
    ("harrow", "rounding_departs", 184): "H14",
    ("harrow", "two_values", 122): "H15",
    ("harrow", "no_count", 122): "H15",
    ("harrow", "parts_short_of_whole", 178): "Gap: 55 outcomes of 56 received",
    ("harrow", "parts_short_of_whole", 180): "Gap: 60 outcomes of 63 received",
    ("croydon", "two_values", 445): "C1",
    ("croydon", "no_count", 445): "C1",
    ("croydon", "no_count", 377): "C2",
    ("croydon", "points_printed_as_percent", 401): "C3",
    ("croydon", "points_printed_as_percent", 457): "C4",
    ("croydon", "points_printed_as_percent", 458): "C5",
    ("croydon", "points_printed_as_percent", 405): "C6",
    ("croydon", "parts_short_of_whole", 408): "C7",
    ("croydon", "parts_short_of_whole", 409): "C7",
    ("croydon", "mixed_units", 396): "C8",
    ("croydon", "mixed_units", 452): "C8",
    ("halton", "parts_short_of_whole", 477): "Ha1",
    ("halton", "no_count", 498): "Ha2",
    ("halton", "no_count", 506): "Ha2",
    ("halton", "no_count", 514): "Ha2",
    ("halton", "no_count", 522): "Ha2",
    ("halton", "no_count", 530): "Ha2",
    ("halton", "no_count", 500): "Ha3",
    ("halton", "no_count", 516): "Ha3",
    ("halton", "shares_do_not_add_up", 500): "Ha3",
    ("halton", "no_count", 550): "Ha4",
    ("halton", "no_count", 551): "Ha4",
    ("halton", "no_count", 552): "Ha4",
    ("halton", "no_count", 591): "Ha5",
    ("halton", "no_count", 592): "Ha5",
    ("halton", "rounding_departs", 486): "Ha6",
    ("central_bedfordshire", "parts_short_of_whole", 646): "B1",
    ("central_bedfordshire", "no_count", 641): "B2",
    ("central_bedfordshire", "wrong_base", 726): "B4",
    ("northamptonshire", "parts_exceed_whole", 757): "N1",
    ("northamptonshire", "parts_short_of_whole", 765): "N2",
    ("northamptonshire", "no_count", 798): "N6",
    ("northamptonshire", "parts_short_of_whole", 772): "Gap: 327 outcomes of 478 resolved",
}
"""Council, rule and the line that tells the finding apart; the catalogue's number of the conflict."""

NOT_ARITHMETIC = {
    "H2": "a trend in words",
    "H3": "headings; the file has the totals under the years they add up to",
    "H8": "a heading; the file has each column under its own year",
    "H16": "headings",
    "H17": "words",
    "H18": "a title",
    "H19": "words: which transactions the 81% is of; it follows from Table 1 with the ombudsman's case",
    "H20": "labels",
    "C9": "a heading",
    "C10": "a reference",
    "C11": "a heading; several causes a complaint may add up to more than the complaints",
    "C12": "words: a fall is called an improvement",
    "Ha7": "words: closer to which years",
    "Ha8": "the name of a stage",
    "Ha9": "labels; the category of 1 complaint has no percentage, so that the column is not all there",
    "B3": "words: majority",
    "B5": "a heading; the shares fit 43 causes, and 99 is only rounding",
    "B6": "labels of bands",
    "B7": "words under a chart",
    "B8": "labels of bands; they add up",
    "B9": "words",
    "B10": "words",
    "B11": "labels",
    "N3": "words: majority",
    "N4": "words: the order of two contact methods",
    "N5": "words: both counts are below the bound",
    "N7": "words: most",
    "N8": "words: pursued; the outcomes add up",
    "N9": "labels",
}

CONFLICTS = {
    *(f"H{number}" for number in range(1, 21)),
    *(f"C{number}" for number in range(1, 13)),
    *(f"Ha{number}" for number in range(1, 10)),
    *(f"B{number}" for number in range(1, 12)),
    *(f"N{number}" for number in range(1, 10)),
}

Row = dict[str, str]

ROUNDINGS: tuple[Rounding, ...] = ("half_up", "half_even", "truncate")


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    return reconcile_file(PUBLISHED)


def conflict(finding: Finding) -> str | None:
    return next(
        (
            number
            for (council, rule, line), number in FOUND.items()
            if (council, rule) == (finding.council, finding.rule) and line in finding.lines
        ),
        None,
    )


def test_every_arithmetic_conflict_of_the_catalogue_is_named(findings: list[Finding]) -> None:
    for (council, rule, line), number in FOUND.items():
        named = [one for one in findings if (one.council, one.rule) == (council, rule) and line in one.lines]
        assert named, f"{number} was not found as {rule} on line {line}"


def test_nothing_is_found_that_the_catalogue_does_not_name(findings: list[Finding]) -> None:
    assert [finding.text for finding in findings if conflict(finding) is None] == []


def test_every_conflict_is_found_or_has_a_reason_why_not(findings: list[Finding]) -> None:
    found = {conflict(finding) for finding in findings}
    assert CONFLICTS - found == set(NOT_ARITHMETIC)


def test_the_catalogue_has_these_conflicts() -> None:
    text = (PUBLISHED.parent / "returns_catalogue.md").read_text()
    assert all(f"- **{number}. " in text for number in CONFLICTS)


def test_findings_say_where_and_what_it_would_have_to_be(findings: list[Finding]) -> None:
    by_number = {conflict(finding): finding for finding in findings}
    assert by_number["H1"].should_be == "+2"
    assert by_number["H9"].should_be == "323"
    assert by_number["H10"].should_be == "160"
    assert "25 too many against 372" in by_number["N1"].text
    assert "12 too few against 372" in by_number["N2"].text
    assert "4 of 26 is 15.38%, 5 of 26 is 19.23%" in by_number["C2"].text
    assert by_number["C6"].should_be == "+10 percentage points (not a percentage of nothing)"
    assert by_number["B4"].should_be == "82%"
    assert "11 of 16 is 68.75%" in by_number["N6"].text
    text = show(findings)
    assert all(finding.text in text for finding in findings)
    assert show([]) == "Everything that can be checked adds up."


def test_lines_are_those_of_the_file(findings: list[Finding]) -> None:
    rows = {row.line: row for row in read_rows(PUBLISHED)}
    for finding in findings:
        assert {rows[line].council for line in finding.lines} == {finding.council}
    assert rows[63].member == "increase in Stage 1 complaints on the previous year"


@pytest.mark.parametrize("line", [42, 47, 61, 65, 82, 93, 108, 112, 116, 160, 170, 179, 195, 224, 320, 568, 580])
def test_one_wrong_digit_in_a_right_table_is_found(findings: list[Finding], tmp_path: Path, line: int) -> None:
    with PUBLISHED.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    council = rows[line - 2]["council"]
    rows[line - 2]["value"] = str(int(rows[line - 2]["value"]) + 1)
    changed = reconcile_file(made(tmp_path, [row for row in rows if row["council"] == council]))
    assert {finding.text for finding in changed} - {finding.text for finding in findings}


def made(tmp_path: Path, rows: Iterable[Row], name: str = "figures.csv") -> Path:
    file = tmp_path / name
    with file.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, COLUMNS)
        writer.writeheader()
        for row in rows:
            writer.writerow(
                {"council": "barsetshire", "report": "annual", "section": "Table 1", "unit": "cases", **row}
            )
    return file


def service(name: str, value: object, **more: str) -> Row:
    return {
        "return_table": "stage1_received_by_service",
        "period": "2017/18",
        "stage": "stage1",
        "dimension": "service_area",
        "member": name,
        "measure": "count",
        "value": str(value),
        "basis": "received",
        **more,
    }


@given(st.lists(st.integers(0, 50), min_size=2, max_size=6), st.integers(-3, 3))
@settings(deadline=None, max_examples=40)
def test_a_total_is_the_sum_of_its_rows(tmp_path_factory: pytest.TempPathFactory, parts: list[int], slip: int) -> None:
    total = max(0, sum(parts) + slip)
    rows = [service(f"Service {at}", part) for at, part in enumerate(parts)] + [service("Total", total)]
    found = reconcile_file(made(tmp_path_factory.mktemp("made"), rows))
    assert bool(found) == (total != sum(parts))
    for finding in found:
        assert finding.rule == ("total_is_not_the_sum" if total > sum(parts) else "parts_exceed_whole")


@given(st.integers(1, 90), st.integers(0, 90), st.sampled_from(ROUNDINGS), st.integers(0, 100))
@settings(deadline=None, max_examples=40)
def test_a_rate_of_a_count_is_right_by_any_rounding_and_any_other_is_found(
    tmp_path_factory: pytest.TempPathFactory, whole: int, part: int, rounding: Rounding, printed: int
) -> None:
    part = min(part, whole)
    right = int(round_one(Fraction(part * 100, whole), 0, rounding))
    possible = {
        int(round_one(Fraction(count * 100, whole), 0, method)) for count in range(whole + 1) for method in ROUNDINGS
    }
    rate = {
        "return_table": "stage1_timeliness_by_service",
        "measure": "percent",
        "unit": "percent",
        "basis": "in_time_rate",
    }
    for value, is_possible in ((right, True), (printed, printed in possible)):
        rows = [service("Total", whole), service("Total", value, **rate)]
        found = [one for one in reconcile_file(made(tmp_path_factory.mktemp("made"), rows)) if one.rule == "no_count"]
        assert (not found) == is_possible


def test_a_year_is_the_sum_of_its_quarters(tmp_path: Path) -> None:
    volumes = {"return_table": "quarterly_volumes", "dimension": "none", "member": "Stage 1 complaints"}
    quarters = [service("", 10, **volumes, period=f"Q{number} 2017/18") for number in range(1, 5)]
    assert reconcile_file(made(tmp_path, [*quarters, service("", 40, **volumes)])) == []
    (finding,) = reconcile_file(made(tmp_path, [*quarters, service("", 41, **volumes)]))
    assert (finding.rule, finding.lines) == ("year_is_not_its_quarters", (2, 3, 4, 5, 6))
    assert reconcile_file(made(tmp_path, [*quarters[:3], service("", 41, **volumes)])) == []


def test_a_percent_change_follows_from_its_two_counts(tmp_path: Path) -> None:
    volumes = {"return_table": "volumes_by_stage_and_year", "dimension": "none", "member": "Stage 1 complaints"}
    levels = [service("", 26, **volumes, period="2016/17"), service("", 40, **volumes)]
    change = {"measure": "change_percent", "unit": "percent", "member": "increase on the previous year"}
    right = service("", 54, **{**volumes, **change})
    assert reconcile_file(made(tmp_path, [*levels, right])) == []
    (finding,) = reconcile_file(made(tmp_path, [*levels, {**right, "value": "56"}]))
    assert finding.rule == "no_count"
    assert "26 to 40 is +53.85%" in finding.text


def test_running_text_may_leave_parts_out_and_estimates_are_no_figures(tmp_path: Path) -> None:
    text = {"section": "narrative 2"}
    assert reconcile_file(made(tmp_path, [service("One", 10, **text), service("Total", 30)])) == []
    assert reconcile_file(made(tmp_path, [service("Total", 30), service("Total", 31, note="approx: about")])) == []
    (finding,) = reconcile_file(made(tmp_path, [service("Total", 30), service("Total", 31, **text)]))
    assert finding.rule == "two_values"


def test_an_own_file_of_identities_replaces_the_packages(tmp_path: Path) -> None:
    identities = tmp_path / "identities.yml"
    identities.write_text("{families: {}, partitions: [], rates: [], ratios: [], stocks: [], outcomes: []}\n")
    rows = [service("One", 10), service("Two", 5), {**service("", 20), "return_table": "complaints_received_total"}]
    rows[2]["dimension"] = "none"
    file = made(tmp_path, rows)
    assert [finding.rule for finding in reconcile_file(file)] == ["parts_short_of_whole"]
    assert reconcile_file(file, identities) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("council,report\nharrow,annual\n", "has no column 'section'"),
        (",".join(COLUMNS) + "\n" + "a,b,c,d,e,f,g,h,i,j,count,many,cases,,\n", "line 2: 'many' is not a number"),
        (",".join(COLUMNS) + "\n" + "a,b,c,d,e,f,g,h,i,j,count,NaN,cases,,\n", "line 2: 'NaN' is not a number"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_what_is_wrong(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "figures.csv"
    file.write_text(content)
    with pytest.raises(UsageError, match=message):
        reconcile_file(file)
    with pytest.raises(UsageError, match="cannot be read"):
        reconcile_file(tmp_path / "nowhere.csv")
    (tmp_path / "figures.xlsx").write_bytes(b"PK\x03\x04\xff\xfe\x00")
    with pytest.raises(UsageError, match="CSV"):
        reconcile_file(tmp_path / "figures.xlsx")
