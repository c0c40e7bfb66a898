"""The watch list: what is due when, what is missing, and what is told apart."""

from redress.reports.pages import watch_list
from redress.reports.reading import Reading


def test_every_open_clock_has_its_urgency_and_what_is_missing(reading: Reading) -> None:
    shown = {
        (one["case_ref"], one["clock"]): (one["urgency"], one["working_days_left"], one["missing"])
        for one in watch_list.content(reading)["clocks"]
    }
    assert shown == {
        ("A1", "acknowledgement"): ("overdue", -16, ["no acknowledgement"]),
        ("A1", "stage_1"): ("overdue", -9, []),
        ("A2", "stage_1"): ("today", 0, []),
        ("A3", "stage_1"): ("in_2", 2, []),
        ("A4", "stage_1"): ("in_5", 5, ["a record held back"]),
        ("A5", "stage_1"): ("later", 8, []),
        ("A6", "stage_1"): ("overdue", -9, ["extension about to lapse"]),
        ("A7", "stage_1"): ("frozen", None, []),
        ("A8", "stage_2"): ("overdue", -3, ["no agreed statement"]),
    }


def test_the_most_urgent_come_first_and_frozen_ones_last(reading: Reading) -> None:
    order = [one["case_ref"] for one in watch_list.content(reading)["clocks"]]
    assert order == ["A1", "A1", "A6", "A8", "A2", "A3", "A4", "A5", "A7"]


def test_clocks_are_counted_by_service(reading: Reading) -> None:
    services = {one["service_name"]: one for one in watch_list.content(reading)["services"]}
    assert set(services) == {"Family support", "Fostering & adoption"}
    assert services["Family support"]["urgencies"] == {
        "overdue": 4, "today": 1, "in_2": 1, "in_5": 0, "later": 1, "not_started": 0, "frozen": 1
    }  # fmt: skip
    assert services["Fostering & adoption"]["urgencies"]["in_5"] == 1
    assert services["Family support"]["missing"] == {
        "extension_lapses": 1, "lacks_acknowledgement": 1, "lacks_statement": 1, "is_held_back": 0
    }  # fmt: skip
