"""What BI reads, row by row beside what an independent reading of the domain makes of the same records."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from tests.oracle import case_facts
from tests.oracle.clocks import clocks_of
from tests.oracle.conftest import Built, Town
from tests.oracle.dimensions import current_service, described
from tests.oracle.records import Case, Row, Rules

SHOWN = 10


def differences(
    built: Built, table: str, key: tuple[str, ...], expected: Callable[[Town], Iterable[Row]], where: str = "true"
) -> list[str]:
    """Rows that are missing, in excess or different, the first few of them; the columns compared are the expected."""
    wanted = {(town.name, *(row[column] for column in key)): row for town in built.towns for row in expected(town)}
    assert wanted
    columns = list(next(iter(wanted.values())))
    rows = built.read(f"select council, {', '.join(columns)} from {table} where {where}")
    found = {}
    for council, *values in rows:
        row = dict(zip(columns, values, strict=True))
        found[(council, *(row[column] for column in key))] = row
    assert len(found) == len(rows), f"{table} has two rows of one {key}"
    told = [f"{name}: missing, expected {row}" for name, row in wanted.items() if name not in found]
    told += [f"{name}: not expected, found {row}" for name, row in found.items() if name not in wanted]
    for name in wanted.keys() & found.keys():
        told += [
            f"{name}: {column} is {found[name][column]}, expected {value}"
            for column, value in wanted[name].items()
            if found[name][column] != value
        ]
    return sorted(told)[:SHOWN]


def per_case(rows_of: Callable[[Case, Rules], Iterable[Any]]) -> Callable[[Town], list[Row]]:
    return lambda town: [asdict(row) for case in town.cases for row in rows_of(case, town.rules)]


def test_received(built: Built) -> None:
    assert differences(built, "fct_received", ("case_ref", "stage"), per_case(case_facts.received)) == []


def test_every_clock(built: Built) -> None:
    assert differences(built, "fct_timeliness", ("case_ref", "clock"), per_case(clocks_of)) == []


def test_escalation(built: Built) -> None:
    assert differences(built, "fct_escalation", ("case_ref", "stage"), per_case(case_facts.escalation)) == []


def test_outcomes(built: Built) -> None:
    assert differences(built, "fct_outcomes", ("case_ref", "stage", "route"), per_case(case_facts.outcomes)) == []


def test_open_at_month_ends(built: Built) -> None:
    expected = per_case(case_facts.open_at_month_ends)
    assert differences(built, "fct_open", ("case_ref", "as_at_date"), expected) == []


def test_watch_list(built: Built) -> None:
    assert differences(built, "watch_list", ("case_ref", "clock"), per_case(case_facts.watched)) == []


def test_what_is_derived_of_a_case(built: Built) -> None:
    ethnicities, disabilities = {"Afghani": "AOTH", "Kentish": "white"}, {"Wheelchair": "MOB"}

    def expected(town: Town) -> list[Row]:
        return [described(row, ethnicities, disabilities) for row in town.records["cases"]]

    assert differences(built, "dim_case", ("case_ref",), expected) == []


def test_services_of_today(built: Built) -> None:
    def expected(town: Town) -> Iterable[Row]:
        services = town.records["services"]
        for row in services:
            today = current_service(services, row, town.rules.as_at)
            yield {
                "service_code": row["service_code"],
                "valid_from": row["valid_from"],
                "current_service_code": today["service_code"],
                "current_service_name": today["service_name"],
            }

    assert differences(built, "dim_service", ("service_code", "valid_from"), expected, "is_delivered") == []


def test_a_case_hangs_on_its_service_as_it_was_when_received(built: Built) -> None:
    def expected(town: Town) -> Iterable[Row]:
        for case in town.cases:
            for service in town.records["services"]:
                begin, end, day = service["valid_from"], service.get("valid_to"), case.get("received_date")
                if service["service_code"] == case.get("service_code") and begin <= day <= (end or day):
                    yield {"case_ref": case.ref, "service_name": service["service_name"]}

    joined = """(
        select f.council, f.case_ref, f.received_date, s.service_name, s.valid_from, s.valid_to, s.is_delivered
        from dim_case f join dim_service s using (service_key) where f.is_counted
    )"""
    in_force = "is_delivered and received_date between valid_from and coalesce(valid_to, received_date)"
    assert differences(built, joined, ("case_ref",), expected, in_force) == []
