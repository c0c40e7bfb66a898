"""The words of every statement agree with the numbers they are written from, for any numbers."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from redress.errors import RedressError
from redress.returns.analysis.statements import Facts, sentence
from redress.returns.definitions.schema import Statement
from redress.returns.figures import Figure, Population, Show
from redress.returns.periods import Period, parse_period
from redress.returns.rounding import Rounding, round_one

THIS, LAST = parse_period("2017/18"), parse_period("2016/17")
COMPLAINTS = "Stage 1 complaints"


def count(number: int, period: Period = THIS, row: str = "", show: Show = "count") -> Figure:
    shown = f"£{number:,}" if show == "amount" else f"{number:,}"
    return figure(show, Fraction(number), None, Fraction(number), Decimal(number), shown, period, row)


def rate(part: int, whole: int, period: Period = THIS, rounding: Rounding = "half_up") -> Figure:
    value = Fraction(part * 100, whole) if whole else None
    rounded = None if value is None else round_one(value, 0, rounding)
    return figure("percent", Fraction(part), Fraction(whole), value, rounded, f"{rounded}%", period, "")


def figure(
    show: Show,
    numerator: Fraction,
    denominator: Fraction | None,
    value: Fraction | None,
    rounded: Decimal | None,
    shown: str,
    period: Period,
    row: str,
) -> Figure:
    return Figure(
        id=f"barsetshire/{period}/{row}",
        table="statement",
        slug="statement",
        row=row,
        column="",
        value_label="",
        period=period,
        metric="stage1_received",
        show=show,
        basis="received",
        numerator=numerator,
        denominator=denominator,
        value=value,
        rounded=rounded,
        shown=shown,
        of=Population("stages_received", period, frozenset({("row", "in", (row,))})),
    )


def said(template: str, facts: Facts, subject: str = COMPLAINTS, small_base: int = 5) -> str:
    statement = Statement.model_validate({"template": template, "subject": subject, "metric": "stage1_received"})
    written = sentence(statement, facts, small_base)
    return written.text if written else ""


def numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,.]*\d|\d", re.sub(r"20\d\d/\d\d|Stage \d", "", text))


def members(counts: Sequence[int]) -> tuple[Figure, ...]:
    return tuple(count(number, row=f"Service {'ABCDEFGH'[at]}") for at, number in enumerate(counts))


@pytest.mark.parametrize(
    ("before", "now", "text"),
    [
        (54, 56, "Stage 1 complaints rose from 54 in 2016/17 to 56 in 2017/18, by 2 (4%)."),
        (44, 33, "Stage 1 complaints fell from 44 in 2016/17 to 33 in 2017/18, by 11 (25%)."),
        (7, 7, "Stage 1 complaints did not change: 7 in 2016/17 and 7 in 2017/18."),
        (0, 12, "Stage 1 complaints rose from 0 in 2016/17 to 12 in 2017/18, by 12."),
        (372, 373, "Stage 1 complaints rose from 372 in 2016/17 to 373 in 2017/18, by 1 (less than 1%)."),
        (2, 12, "Stage 1 complaints rose from 2 in 2016/17 to 12 in 2017/18, by 10; 2 is too small a number for a "),
        (2, 4, "Stage 1 complaints numbered 2 in 2016/17 and 4 in 2017/18. Numbers this small show no trend."),
        (1000, 1, "Stage 1 complaints fell from 1,000 in 2016/17 to 1 in 2017/18, by 999 (over 99%)."),
    ],
)
def test_changes_of_counts_in_words(before: int, now: int, text: str) -> None:
    assert said("change", Facts(now=count(now), before=count(before, LAST))).startswith(text)


@given(st.integers(0, 2000), st.integers(0, 2000))
@example(0, 9)
@example(9, 9)
@example(4, 5)
def test_a_rise_is_a_rise_and_a_fall_a_fall(before: int, now: int) -> None:
    text = said("change", Facts(now=count(now), before=count(before, LAST)))
    small = max(before, now) < 5
    assert (" rose " in text) == (now > before and not small)
    assert (" fell " in text) == (now < before and not small)
    assert (" did not change" in text) == (now == before and not small)
    assert numbers(text)[:2] == [f"{before:,}", f"{now:,}"]
    if before != now and not small:
        assert numbers(text)[2] == f"{abs(now - before):,}"
    assert ("%" in text) == (before >= 5 and before != now)
    if (printed := re.search(r"\((\d+)%\)", text)) is not None:
        assert abs(int(printed[1]) - abs(now - before) * 100 / before) <= 0.5


def test_a_fall_to_seventeen_of_fifty_two_is_told_in_points() -> None:
    facts = Facts(now=rate(11, 40), before=rate(4, 24, LAST))
    assert said("rate_change", facts, "Answers in time") == (
        "Answers in time rose from 17% (4 of 24) in 2016/17 to 28% (11 of 40) in 2017/18, by 11 percentage points."
    )


@pytest.mark.parametrize(("old", "new"), [((1, 18), (4, 40)), ((50, 54), (49, 52)), ((0, 26), (4, 40))])
def test_fewer_than_five_cases_make_no_trend_on_either_side(old: tuple[int, int], new: tuple[int, int]) -> None:
    text = said("rate_change", Facts(now=rate(*new), before=rate(*old, LAST)))
    assert text.endswith("Fewer than 5 cases make the difference, which is no trend.")
    assert " rose " not in text
    assert f"({new[0]} of {new[1]})" in text


def test_one_point_is_one_point() -> None:
    text = said("rate_change", Facts(now=rate(51, 100), before=rate(50, 100, LAST)))
    assert text.endswith("by 1 percentage point.")


def test_rates_that_round_to_the_same_are_printed_so_that_they_differ() -> None:
    text = said("rate_change", Facts(now=rate(7, 56), before=rate(7, 54, LAST)), "Escalation")
    assert text == (
        "Escalation fell from 13.0% (7 of 54) in 2016/17 to 12.5% (7 of 56) in 2017/18, by 0.5 percentage points."
    )


def parts_of_wholes() -> st.SearchStrategy[tuple[int, int]]:
    return st.integers(0, 300).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@given(parts_of_wholes(), parts_of_wholes(), st.sampled_from(["half_up", "half_even", "truncate"]))
def test_points_are_the_difference_of_the_rates_as_printed(
    current: tuple[int, int], earlier: tuple[int, int], rounding: Rounding
) -> None:
    (part, whole), (old_part, old_whole) = current, earlier
    now, before = rate(part, whole, rounding=rounding), rate(old_part, old_whole, LAST, rounding)
    text = said("rate_change", Facts(now=now, before=before))
    if not whole or not old_whole:
        assert text == ""
        return
    assert f"{part} of {whole}" in text
    assert f"{old_part} of {old_whole}" in text
    few = min(whole, old_whole) < 5
    assert ("%" in text) == (not few)
    small = few or min(max(part, old_part), max(whole - part, old_whole - old_part)) < 5
    assert ("no trend" in text) == (small and (few or part * old_whole != old_part * whole))
    difference = Fraction(part, whole) - Fraction(old_part, old_whole)
    printed = [Decimal(number) for number in re.findall(r"([\d.]+)%", text)]
    same = "stayed about the same" in text
    assert (" rose " in text) == (difference > 0 and not small and not same)
    assert (" fell " in text) == (difference < 0 and not small and not same)
    assert not same or (abs(difference) < Fraction(1, 10000) and printed[0] == printed[1])
    assert " rose " not in text or printed[0] < printed[1]
    assert " fell " not in text or printed[0] > printed[1]
    assert not re.search(r"by [\d.]+%", text)
    if "by" in text.split():
        points = re.search(r"by ([\d.]+) percentage point", text)
        assert points
        assert abs(printed[1] - printed[0]) == Decimal(points[1]) > 0
        # Truncated rates may lie a whole point from the exact ones, and still differ by the rounded difference.
        assert abs(Decimal(points[1]) - abs(Decimal(float(difference)) * 100)) <= Decimal("0.5001")


@pytest.mark.parametrize(
    ("subject", "number", "text"),
    [
        (COMPLAINTS, 56, "There were 56 Stage 1 complaints in 2017/18."),
        (COMPLAINTS, 1, "There was 1 Stage 1 complaint in 2017/18."),
        ("Compliments", 0, "There were no compliments in 2017/18."),
        ("MP enquiries", 1, "There was 1 MP enquiry in 2017/18."),
        ("Children waiting", 1, "There was 1 child waiting in 2017/18."),
        ("Sheep", 1, "Sheep: 1 in 2017/18."),
    ],
)
def test_levels_are_singular_or_plural(subject: str, number: int, text: str) -> None:
    assert said("level", Facts(now=count(number)), subject) == text


def test_levels_of_rates_show_their_cases_and_small_ones_no_percentage() -> None:
    assert said("level", Facts(now=rate(49, 52)), "Answers in time") == (
        "Answers in time stood at 94% (49 of 52) in 2017/18."
    )
    assert said("level", Facts(now=rate(2, 3)), "Answers in time") == (
        "Answers in time stood at 2 of 3 in 2017/18, too few for a percentage."
    )
    assert said("level", Facts(now=rate(0, 0)), "Answers in time") == ""


@given(st.integers(0, 400), st.integers(0, 400))
@example(20, 40)
@example(0, 40)
@example(40, 40)
def test_more_than_half_is_said_of_more_than_half_only(part: int, whole: int) -> None:
    facts = Facts(now=count(part), whole=count(whole))
    if part > whole:
        if whole:
            with pytest.raises(RedressError, match="cannot be a share"):
                said("share", facts)
        return
    text = said("share", facts)
    assert ("more than half" in text) == (whole >= 5 and whole / 2 < part < whole)
    assert ("exactly half" in text) == (whole >= 5 and 2 * part == whole)
    assert ("%" in text) == (whole >= 5 and part > 0)
    assert ("none of" in text) == (part == 0 and whole > 0)
    if (printed := re.search(r"\((\d+)%\)", text)) is not None:
        assert (int(printed[1]) == 100) == (part == whole)
        assert (int(printed[1]) == 0) == (part == 0)


def test_a_share_names_what_it_is_a_part_of_unless_conditions_narrow_that() -> None:
    whole = replace(count(121), metric="transactions", of=Population("transaction", THIS))
    assert said("share", Facts(now=count(57), whole=whole), "Representations") == (
        "Representations made up 57 of 121 transactions in 2017/18 (47%)."
    )
    narrowed = frozenset({("voice", "in", ("child",))})
    part = replace(whole, of=Population("transaction", THIS, conditions=narrowed))
    assert "57 of 121 in 2017/18 (47%)" in said("share", Facts(now=count(57), whole=part), "Representations")


def test_the_most_are_not_called_a_majority() -> None:
    facts = Facts(members=members([26, 20, 19]), whole=count(65))
    assert said("largest", facts) == "The largest group of Stage 1 complaints in 2017/18 was Service A, 26 of 65 (40%)."


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8), st.integers(0, 60))
@example([10, 6], 4)
@example([7, 7], 0)
def test_a_majority_is_more_than_half_of_all(counts: list[int], blanks: int) -> None:
    whole = sum(counts) + blanks
    facts = Facts(members=members(counts), whole=count(whole), not_recorded=count(blanks, row="Not recorded"))
    text = said("largest", facts)
    most = max(counts)
    tied = [f"Service {'ABCDEFGH'[at]}" for at, number in enumerate(counts) if number == most]
    assert ("majority" in text) == (most >= 5 and 2 * most > whole and len(tied) == 1)
    if most >= 5:
        assert all(name in text for name in tied)
        assert text.count("Service") == len(tied)
        assert f"{most} of {whole}" in text
        assert ("not recorded" in text) == (blanks > 0)
    else:
        assert text == "No group of Stage 1 complaints had 5 or more in 2017/18."


def test_causes_that_overlap_make_no_majority() -> None:
    facts = Facts(members=members([27, 22, 3]), whole=count(40))
    assert "majority" not in said("largest", facts)
    assert "27 of 40 (68%)" in said("largest", facts)


@pytest.mark.parametrize("template", ["change", "rate_change", "level", "share", "largest"])
@pytest.mark.parametrize("symbol", ["c", "x", "z"])
def test_what_is_suppressed_or_missing_is_not_spoken_of(template: str, symbol: str) -> None:
    hidden = replace(count(3, row="Service A"), symbol=symbol, shown=symbol)  # type: ignore[arg-type]
    other = count(40, LAST, row="Service B")
    for facts in (
        Facts(now=hidden, before=other, whole=other, members=(hidden, other)),
        Facts(now=other, before=hidden, whole=hidden, members=(other, hidden)),
        Facts(),
    ):
        if template != "level" or facts.now is not other:
            assert said(template, facts) == ""


def test_amounts_are_pounds() -> None:
    facts = Facts(now=count(900, show="amount"), before=count(1300, LAST, show="amount"))
    assert said("change", facts, "Payments") == (
        "Payments fell from £1,300 in 2016/17 to £900 in 2017/18, by £400 (31%)."
    )


def test_an_average_of_the_same_shown_value_is_about_the_same() -> None:
    now = figure("number", Fraction(127), Fraction(10), Fraction(127, 10), Decimal(13), "13", THIS, "")
    before = figure("number", Fraction(134), Fraction(10), Fraction(134, 10), Decimal(13), "13", LAST, "")
    assert "stayed about the same: 13" in said("change", Facts(now=now, before=before), "Working days to answer")


def test_a_day_is_on_and_a_period_is_in() -> None:
    day = parse_period("31 March 2018")
    assert said("level", Facts(now=count(9, day)), "Open cases") == "There were 9 open cases on 31 March 2018."
