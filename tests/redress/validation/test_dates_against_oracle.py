"""The date rules against the same rules written a second time in plain Python, on invented nights."""

from datetime import date, timedelta

import holidays
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

FIRST_DAY = date(2000, 1, 1)  # of the calendar; earlier dates are D04's
EXTRACT_DATE = date(2024, 7, 1)
RULES = {"D01", "D02", "D03", "D04", "D05", "D06", "D07", "D10", "S03"}
BANK_HOLIDAYS = holidays.country_holidays("GB", subdiv="ENG", years=range(1999, 2026))

DAYS = st.one_of(
    st.dates(date(2023, 12, 15), date(2024, 1, 31)),
    st.dates(date(2024, 3, 1), date(2024, 5, 10)),
    st.sampled_from([date(1999, 12, 31), date(2000, 1, 1), EXTRACT_DATE, date(2024, 7, 2)]),
)
MAYBE = st.none() | DAYS
CASES = st.lists(
    st.fixed_dictionaries(
        {
            "is_statutory": st.booleans(),
            "is_early": st.booleans(),
            "received": DAYS,
            "closed": MAYBE,
            "stage_1": st.fixed_dictionaries({"requested": DAYS, "acknowledged": MAYBE, "responded": MAYBE}),
            "stage_2": st.none()
            | st.fixed_dictionaries({"requested": DAYS, "acknowledged": MAYBE, "responded": MAYBE}),
        }
    ),
    min_size=10,
    max_size=40,
)


def _elapsed(start, end):
    """Working days in (start, end]."""
    days = (start + timedelta(number + 1) for number in range((end - start).days))
    return sum(1 for day in days if day.weekday() < 5 and day not in BANK_HOLIDAYS)


def _before(earlier, later):
    return earlier is not None and later is not None and earlier < later


def _faults_of_stage(case, number, stage):
    requested, responded = stage["requested"], stage["responded"]
    if _before(responded, requested):
        yield "D01", "responded_date"
    elif _before(stage["acknowledged"], requested) or _before(responded, stage["acknowledged"]):
        yield "D05", "acknowledged_date"
    if requested < case["received"]:
        yield "D06", "requested_date"
    if number == 1 and requested > case["received"]:
        yield "D07", "requested_date"
    answer_before = case["stage_1"]["responded"] if number == 2 else None
    if _before(requested, answer_before):
        if not case["is_early"]:
            yield "S03", "requested_date"
    elif (
        answer_before
        and answer_before >= FIRST_DAY
        and case["is_statutory"]
        and _elapsed(answer_before, requested) > 20
    ):
        yield "D10", "requested_date"


def _faults_of_dates(named):
    for column, day in named.items():
        if day and day > EXTRACT_DATE:
            yield "D03", column
        if day and day < FIRST_DAY:
            yield "D04", column


def _oracle(cases):
    for index, case in enumerate(cases):
        key = f"C{index}"
        own = {"received_date": case["received"], "closed_date": case["closed"]}
        if _before(case["closed"], case["received"]):
            yield "D02", "cases", key, "closed_date"
        yield from ((rule, "cases", key, column) for rule, column in _faults_of_dates(own))
        for number in (1, 2):
            stage = case[f"stage_{number}"]
            if stage:
                dates = {f"{name}_date": day for name, day in stage.items()}
                found = [*_faults_of_stage(case, number, stage), *_faults_of_dates(dates)]
                yield from ((rule, "stages", f"{key}|{number}", column) for rule, column in found)


def _rows(cases):
    rows = {"cases": [], "stages": []}
    for index, case in enumerate(cases):
        rows["cases"].append(
            {
                "case_ref": f"C{index}",
                "record_type": "complaint" if case["is_statutory"] else "corporate_complaint",
                "received_date": case["received"],
                "closed_date": case["closed"],
                "tags": "early_escalation" if case["is_early"] else None,
            }
        )
        rows["stages"] += [
            {"case_ref": f"C{index}", "stage": number} | {f"{name}_date": day for name, day in stage.items()}
            for number in (1, 2)
            if (stage := case[f"stage_{number}"])
        ]
    return rows


# a night takes half a second, so a failing one is shown as it is found
@settings(max_examples=8, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
@given(CASES)
def test_great_expectations_finds_what_the_oracle_finds(run_night, cases):
    night = run_night(_rows(cases), only=True, extract_date=EXTRACT_DATE)
    found, expected = {failure for failure in night.failures if failure[0] in RULES}, set(_oracle(cases))
    assert found - expected == set()
    assert expected - found == set()
