"""What the page Issues carries: every issue to act on, what stands for accepted ones, and nothing that breaks it."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from redress.reports.page import render
from redress.reports.pages import issues
from redress.reports.reading import Reading
from redress.validation.acceptance_files import append_acceptance, append_withdrawal
from redress.validation.acceptances import Acceptance, AcceptedIssue, Withdrawal
from tests.redress.reports.conftest import page_data
from tests.redress.reports.issue_log import issue_log
from tests.redress.reports.two_nights import SECRET_BIRTH_DATE


def unpacked(reading: Reading) -> list[dict[str, Any]]:
    """The issues of the page, as its script reads them."""
    data: Any = page_data(render(issues.PAGE, (issues.PAGE,), reading), "issues-data")
    rows = data["rows"]
    found = []
    for place, key in enumerate(rows["key"]):
        issue = {"key": key, "row": rows["row"][place]}
        for name in ("kind", "life", "service"):
            common = data[f"{name}s" if name != "life" else "lives"]
            issue |= dict(zip(common["columns"], common["rows"][rows[name][place]], strict=True))
        how = rows["case"][place]
        issue["case_ref"] = {"": None, "k": key, "p": key.split("|")[0]}.get(how, how[1:])
        issue["reason"] = data["reasons"].get(f"{issue['council']}|{issue['number']}")
        found.append(issue)
    return found


def test_every_open_and_accepted_issue_is_there_with_what_was_resolved_of_late(tmp_path: Path) -> None:
    with issue_log(tmp_path, 400) as reading:
        found = unpacked(reading)
        wanted = reading.rows("""
            select council, rule, record_key, case_ref, state, days_open from issues
            where state <> 'resolved' or resolved_on > date '2024-05-31'
        """)
    names = ("council", "rule", "key", "case_ref", "state", "days_open")
    assert sorted(tuple(one[name] for name in names) for one in found) == sorted(tuple(one.values()) for one in wanted)
    assert {one["state"] for one in found} == {"open", "accepted", "resolved"}


def test_what_holds_records_back_comes_first_then_the_newest(tmp_path: Path) -> None:
    with issue_log(tmp_path, 200) as reading:
        found = [one for one in unpacked(reading) if one["state"] == "open"]
    order = [(one["severity"] != "critical", -date.fromisoformat(one["opened_on"]).toordinal()) for one in found]
    assert order == sorted(order)


def test_real_nights_show_what_is_new_and_where_it_stands(reading: Reading) -> None:
    found = {(one["rule"], one["case_ref"], one["column_name"]): one for one in unpacked(reading)}
    held_back = found["R04", "A4", "requested_date"]
    assert (held_back["severity"], held_back["state"], held_back["is_new"]) == ("critical", "open", True)
    assert (held_back["source_file"], held_back["letter"], held_back["row"]) == ("stages.csv", "C", 5)
    assert (held_back["service_code"], held_back["service_name"]) == ("S2", "Fostering & adoption")
    corrected = found["S10", "A9", "outcome"]
    assert (corrected["state"], corrected["resolution"]) == ("resolved", "corrected")


def test_nothing_personal_is_on_the_page(reading: Reading) -> None:
    html = render(issues.PAGE, (issues.PAGE,), reading)
    assert "PERSON-Z" not in html
    assert SECRET_BIRTH_DATE not in html


@pytest.mark.parametrize("hostile", ["</script><script>alert(1)</script>", "<!--", "\u2028", "|||", "'\"&"])
def test_nothing_in_a_record_ends_the_data(tmp_path: Path, hostile: str) -> None:
    quoted = hostile.replace("'", "''")
    change = f"update dq_issues set case_ref = '{quoted}', record_key = '{quoted}|1', service_code = '{quoted}'"
    with issue_log(tmp_path, 5, change) as reading:
        assert {(one["case_ref"], one["service_code"]) for one in unpacked(reading)} == {(hostile, hostile)}
        html = render(issues.PAGE, (issues.PAGE,), reading)
    assert "<script>alert" not in html


def test_an_accepted_issue_has_its_reason_until_it_is_taken_back(tmp_path: Path) -> None:
    with issue_log(tmp_path, 40) as reading:
        (accepted,) = reading.rows("select * from issues where state = 'accepted' and case_ref = 'BA/18'")
        covered = AcceptedIssue(accepted["entity"], accepted["record_key"], accepted["column_name"], 1, "hash")
        made = Acceptance(
            number=1,
            council="barsetshire",
            rule=accepted["rule"],
            case_ref="BA/18",
            issues=(covered,),
            reason="Agreed </script> with the team",
            by="quality lead",
            until=None,
            accepted_on=date(2024, 6, 20),
            at=datetime(2024, 6, 20, 9, tzinfo=UTC),
            after_load=1,
            via="command",
        )
        (tmp_path / "landing" / "barsetshire").mkdir(parents=True)
        append_acceptance(reading.home, made)
        assert [(one["number"], one["reason"]) for one in unpacked(reading) if one["case_ref"] == "BA/18"] == [
            (1, "Agreed </script> with the team")
        ]
        withdrawn = Withdrawal("quality lead", "A mistake", datetime(2024, 6, 21, 9, tzinfo=UTC), "command", None)
        append_withdrawal(reading.home, made, withdrawn)
        assert [one["number"] for one in unpacked(reading) if one["case_ref"] == "BA/18"] == [None]


def test_a_log_longer_than_the_page_takes_keeps_what_to_act_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issues, "MOST_LISTED", 30)
    with issue_log(tmp_path, 300) as reading:
        content = issues.content(reading)
        assert (content["listed"], content["total"] > 200) == (30, True)
        assert {one["severity"] for one in unpacked(reading)} == {"critical"}
        assert f"This page lists 30 of {content['total']} issues" in render(issues.PAGE, (issues.PAGE,), reading)
        assert sum(one.issues for one in content["downloads"] if one.is_whole) > 200


def test_a_page_without_issues_is_built(tmp_path: Path) -> None:
    with issue_log(tmp_path, 0) as reading:
        assert unpacked(reading) == []


def test_a_rule_that_left_the_catalogue_is_still_listed(tmp_path: Path) -> None:
    with issue_log(tmp_path, 5, "update dq_issues set rule = 'Z99'") as reading:
        assert {one["rule"] for one in unpacked(reading)} == {"Z99"}
