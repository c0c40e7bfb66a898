"""Chooses rows a fault can be seeded into without setting off another rule."""

from collections.abc import Callable

from redress.demo.faults.drop import Drop, NothingLeft, Row

LAST_SAFE_DAY = "2020-06-01"  # a few weeks before the extract, so that later days stay before it
DECIDED = ("upheld", "partially_upheld", "not_upheld")


def is_complaint(case: Row) -> bool:
    """Whether the case is a statutory or a corporate complaint."""
    return case["record_type"] in ("complaint", "corporate_complaint")


def is_recorded(case: Row) -> bool:
    """Whether the case has no gap in its equalities that the clean drop reports already."""
    gaps = (case["gender"], case["ethnicity"], case["disabilities"], case["date_of_birth"] or case["age_band"])
    return all(gaps) and not case["ethnicity"].startswith("Prefer")


def lone_stage_one(drop: Drop, condition: Callable[[Row], bool] = lambda row: True) -> Row:
    """An answered and decided stage 1 that nothing followed, of a case without a freeze."""
    return drop.pick(
        "stages",
        lambda row: (
            row["stage"] == "1"
            and row["outcome"] in DECIDED
            and row["requested_date"] < row["responded_date"] < LAST_SAFE_DAY
            and len(drop.of_case("stages", row)) == 1
            and not drop.of_case("freezes", row)
            and condition(row)
        ),
    )


def last_stage_two(drop: Drop) -> Row:
    """An answered stage 2 of a statutory complaint, with its stage 1 and no stage 3, not marked as early."""

    def fits(row: Row) -> bool:
        stages = [other["stage"] for other in drop.of_case("stages", row)]
        case = drop.case(row)
        return (
            row["stage"] == "2"
            and bool(row["responded_date"])
            and stages == ["1", "2"]
            and case["record_type"] == "complaint"
            and not case["tags"]
            and case["received_date"] > drop.rows["cases"][0]["received_date"]
        )

    return drop.pick("stages", fits)


def least_case(drop: Drop) -> Row:
    """A case that is no complaint where there is one, so that little hangs on it; else any complaint."""
    try:
        return drop.pick("cases", lambda row: not is_complaint(row))
    except NothingLeft:
        return drop.pick("cases", lambda row: row["status"] == "concluded" and is_recorded(row))
