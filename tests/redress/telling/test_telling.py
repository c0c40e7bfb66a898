"""What is told of a night: counts and rule codes to the people named, once, and nothing of a case or a person."""

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from redress.councils import Council
from redress.duck import connect, text
from redress.paths import Home
from redress.telling import tell
from redress.telling.facts import Draft, Failure
from redress.validation.verdicts import LoadRun
from tests.redress.telling.receiving import MailServer, Webhook, free_port, mail_server, webhook

NIGHT, BEFORE = date(2020, 6, 30), date(2020, 6, 29)
PLANTED = ("BA-C-000139", "Zebedee Quillfeather", "2011-02-03", "P-100")
"""A case reference, a name, a birth date and a person's reference, all invented."""

CASE, NAME, BORN, PERSON = PLANTED

SITE = "https://redress.example/redress/site"

SETTINGS = """\
site: https://redress.example/redress/site
overdue_at_least: 2
channels:
  lead: {{address: "mailto://127.0.0.1:{mail}?from=redress@barset.example&to=lead@barset.example&format=text&wait=0"}}
  team: {{address: "json://127.0.0.1:{hook}/team?wait=0"}}
events:
  load_failed: [lead]
  council_rejected: [lead, team]
  threshold_passed: [lead]
  overdue_cases: [lead]
  returns_ready: [lead]
digests:
  S1: [team]
  S2: [team]
  "*": [lead]
"""


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as server:
        yield server


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "data")


@pytest.fixture
def council(tmp_path: Path, mail: MailServer, hook: Webhook) -> Council:
    folder = tmp_path / "barsetshire"
    folder.mkdir()
    (folder / "telling.yml").write_text(SETTINGS.format(mail=mail.port, hook=hook.port), encoding="utf-8")
    return Council(folder)


def loaded(home: Home, runs: list[LoadRun], rules: list[tuple[Any, ...]] = (), night: date = NIGHT) -> None:  # type: ignore[assignment]
    """A committed load, as a night leaves it."""
    loads = home.landing / "barsetshire" / "loads"
    folder = loads / f"{len(list(loads.glob('*'))) + 1:06d}_{night}"
    folder.mkdir(parents=True)
    document = {"extracts": [], "runs": [asdict(run) | {"extract_date": str(run.extract_date)} for run in runs]}
    (folder / "load.json").write_text(json.dumps(document), encoding="utf-8")
    with connect() as con:
        con.execute("create table outcomes (rule text, entity text, severity text, outcome text, rows_failed bigint)")
        if rules:
            con.executemany("insert into outcomes values (?, ?, ?, ?, ?)", rules)
        con.execute(f"copy outcomes to {text(folder / 'rule_outcomes.parquet')}")


def run(entity: str, verdict: str = "accepted", said: str = "", **counts: int) -> LoadRun:
    nothing: dict[str, Any] = {
        name: 0 for name in LoadRun.__annotations__ if name.startswith(("rows_", "persons", "columns_", "seconds"))
    }
    return LoadRun(
        **nothing | {"rows_landed": 10} | counts,
        council="barsetshire", entity=entity, extract_date=NIGHT, load_number=1, extract_id=f"{entity}_1",
        extract_kind="full", source_file=f"{entity}.csv", verdict=verdict, verdict_text=said or f"{entity}: accepted.",
    )  # fmt: skip


ISSUES = [
    # rule, severity, service, opened_on, resolved_on, is_accepted
    ("D01", "critical", "S1", NIGHT, None, False),
    ("D01", "critical", "S1", BEFORE, None, False),
    ("C05", "warning", "S1", BEFORE, None, False),
    ("C05", "warning", "S1", BEFORE, None, True),
    ("C05", "warning", "S1", BEFORE, NIGHT, False),
    ("C05", "warning", "S1", BEFORE, BEFORE, False),
    ("R02", "critical", None, NIGHT, None, False),
]
CLOCKS = [
    # service, clock, working_days_left, is_overdue
    ("S1", "stage_1", -15, True),
    ("S1", "stage_1", -2, True),
    ("S1", "stage_1", 5, False),
    ("S1", "stage_1", 6, False),
    ("S1", "request_stage_2", 1, False),
    ("S1", "request_stage_2", -20, True),
    ("S1", "stage_1", None, False),
    ("S3", "stage_2", -1, True),
]


def published(home: Home, as_at: date = NIGHT, night: date = NIGHT, verdict: str = "accepted") -> None:
    """The tables that messages are made from, with planted values wherever a record's could stand."""
    home.published.mkdir(parents=True, exist_ok=True)
    (home.published / "reporting.duckdb").unlink(missing_ok=True)
    (home.published / "published.json").write_text(json.dumps({"as_at": {"barsetshire": str(as_at)}}), encoding="utf-8")
    with connect(home.published / "reporting.duckdb") as con:
        con.execute("create schema reporting")
        con.execute("set schema = 'reporting'")
        con.execute("""
            create table load_runs (council text, entity text, extract_date date, verdict text, source_file text);
            create table dq_issues (
                council text, rule text, severity text, service_code text, opened_on date, resolved_on date,
                is_accepted boolean, case_ref text, record_key text, source_file text, accepted_by text
            );
            create table watch_list (
                council text, service_key text, clock text, working_days_left bigint, is_overdue boolean,
                case_key text, case_ref text
            );
            create table dim_service (
                council text, service_key text, service_code text, service_name text, valid_from date
            )
        """)
        con.execute("insert into load_runs values ('barsetshire', 'cases', ?, ?, ?)", [night, verdict, f"{NAME}.csv"])
        con.executemany(
            "insert into dq_issues values ('barsetshire', ?, ?, ?, ?, ?, ?, "
            f"'{CASE}', '{CASE}|{PERSON}', '{NAME}', '{BORN}')",
            ISSUES,
        )
        con.executemany(
            f"insert into watch_list values ('barsetshire', 'b|' || ?, ?, ?, ?, uuid()::text, '{CASE}')", CLOCKS
        )
        for code, service in (("S1", "Family support"), ("S3", "Fostering")):
            con.execute(
                "insert into dim_service values ('barsetshire', 'b|' || $1, $1, $2, '2015-04-01')", [code, service]
            )


def bodies(mail: MailServer) -> list[str]:
    return [said.replace("\r\n", "\n").strip() for said in mail.texts]


def test_rejected_files_are_told_with_their_verdicts(
    home: Home, council: Council, mail: MailServer, hook: Webhook
) -> None:
    said = "cases: rejected. Row 12 has 5 columns where 20 are expected; ask for the file again."
    loaded(home, [run("cases", "rejected", said), run("stages"), replace(run("causes"), extract_id=None)])
    tell.tell_rejected(home, council, NIGHT)
    assert bodies(mail) == [
        "Barsetshire: 1 file rejected, 30 June 2020\n"
        "In the night of 30 June 2020, 1 of 2 deliveries of Barsetshire could not be read and was kept back whole:\n\n"
        f"- {said}\n\n"
        "What was loaded before stays in force. Ask for the file again; the next night takes it.\n\n"
        "Loads: https://redress.example/redress/site/loads.html"
    ]
    assert [path for path, _ in hook.posts] == ["/team"]


def test_a_night_without_a_rejection_is_not_told(home: Home, council: Council, mail: MailServer) -> None:
    loaded(home, [run("cases"), run("stages", "accepted_held_back", rows_quarantined=10)])
    tell.tell_rejected(home, council, NIGHT)
    assert mail.envelopes == []


def test_a_file_of_an_earlier_night_that_came_to_light_is_told_of_that_night(
    home: Home, council: Council, mail: MailServer
) -> None:
    loaded(home, [run("cases", "rejected", "cases: rejected. Long ago.")], night=date(2020, 6, 1))
    loaded(home, [run("cases", "rejected", "cases: rejected. Late.")], night=BEFORE)
    loaded(home, [run("cases", "rejected", "cases: rejected. Tonight.")])
    tell.tell_rejected(home, council, NIGHT, newest=2)
    assert ["Late" in bodies(mail)[0], "29 June" in bodies(mail)[0], "Tonight" in bodies(mail)[1]] == [True] * 3
    assert len(mail.envelopes) == 2


def test_too_many_held_back_are_told_with_their_rules(home: Home, council: Council, mail: MailServer) -> None:
    rules = [
        ("D01", "stages", "critical", "fail", 3),
        ("R02", "stages", "critical", "fail", 8),
        ("C05", "stages", "warning", "warn", 9),
        ("D02", "cases", "critical", "fail", 1),
    ]
    held = run("stages", "accepted_held_back", rows_landed=1000, rows_quarantined=51)
    few = run("cases", "accepted_held_back", rows_landed=1000, rows_quarantined=50)
    loaded(home, [held, few, run("causes", "rejected", rows_quarantined=10)], rules)
    tell.tell_threshold_passed(home, council, NIGHT)
    [body] = bodies(mail)
    assert body.startswith("Barsetshire: too many records held back (stages), 30 June 2020\n")
    assert "than the 5% it allows:\n\n- stages: 51 of 1,000 records (5.1%); rules R02: 8, D01: 3\n\nThey" in body


def test_overdue_cases_are_told_by_service(home: Home, council: Council, mail: MailServer) -> None:
    published(home)
    tell.tell_overdue(home, council, NIGHT)
    [body] = bodies(mail)
    assert body.startswith("Barsetshire: 3 cases overdue, 30 June 2020\n")
    assert (
        "- Family support (S1): 2 overdue, the longest by 15 working days; 1 more due in 5 working days\n"
        "- Fostering (S3): 1 overdue, the longest by 1 working day; 0 more due in 5 working days\n"
    ) in body


def test_fewer_than_asked_for_are_not_told(home: Home, council: Council, mail: MailServer) -> None:
    published(home)
    file = council.folder / "telling.yml"
    file.write_text(file.read_text().replace("overdue_at_least: 2", "overdue_at_least: 4"))
    tell.tell_overdue(home, Council(council.folder), NIGHT)
    assert mail.envelopes == []


def test_overdue_cases_of_an_earlier_night_are_not_told_as_tonights(
    home: Home, council: Council, mail: MailServer
) -> None:
    published(home, as_at=BEFORE)
    tell.tell_overdue(home, council, NIGHT)
    assert mail.envelopes == []


def test_a_digest_is_a_services_own(home: Home, council: Council, mail: MailServer, hook: Webhook) -> None:
    published(home)
    downloads = home.reports / "site" / "downloads" / "barsetshire"
    downloads.mkdir(parents=True)
    (downloads / "issues_S1.xlsx").touch()
    tell.tell_digests(home, council, NIGHT)
    [(_, posted)] = hook.posts
    assert posted["title"] == "Family support (S1): 3 open issues, 1 new, 2 overdue, 30 June 2020"
    lines = posted["message"].split("\n")
    assert lines[0] == (
        "Family support (S1) (Barsetshire), 30 June 2020: 3 open issues, 1 new since the load before, 1 resolved."
    )
    assert [line.split(". ")[0] for line in lines if line.startswith("- ")] == [
        "- D01 (critical): 2, 1 new",
        "- C05 (warning): 1",
    ]
    assert "Correct requested_date or responded_date" in posted["message"]
    assert "Time limits: 2 cases overdue, 1 more due in 5 working days." in lines
    assert lines[-1] == f"The list to work through: {SITE}/downloads/barsetshire/issues_S1.xlsx"
    [whole] = bodies(mail)
    assert whole.startswith("All services: 4 open issues, 2 new, 3 overdue, 30 June 2020\n")
    assert whole.endswith(f"Issues: {SITE}/issues.html"), "there is no workbook to lead to"


def test_a_digest_says_of_which_night_its_time_limits_are(home: Home, council: Council, hook: Webhook) -> None:
    published(home, as_at=BEFORE)
    tell.tell_digests(home, council, NIGHT)
    assert (
        "Time limits as at 29 June 2020 (tonight's figures were not published): 2 cases" in hook.posts[0][1]["message"]
    )


@pytest.mark.parametrize("state", [{"night": BEFORE}, {"verdict": "could_not_run"}])
def test_a_council_that_did_not_load_has_no_digest(
    home: Home, council: Council, mail: MailServer, hook: Webhook, state: dict[str, Any]
) -> None:
    published(home, **state)
    tell.tell_digests(home, council, NIGHT)
    assert (mail.envelopes, hook.posts) == ([], [])


def test_before_the_first_publication_nothing_is_told(home: Home, council: Council, mail: MailServer) -> None:
    tell.tell_overdue(home, council, NIGHT)
    tell.tell_digests(home, council, NIGHT)
    assert mail.envelopes == []


def test_a_draft_is_told_in_counts(home: Home, council: Council, mail: MailServer) -> None:
    draft = Draft("annual", "2017/18", 24, 1310, 2, "returns/barsetshire/annual_2017-18/draft")
    tell.tell_returns_ready(home, council, NIGHT, draft)
    [body] = bodies(mail)
    assert body.startswith("Barsetshire: the draft of the annual return 2017/18 is ready\n")
    assert "24 tables, 1,310 figures.\n\n2 figures of it changed since it was signed off." in body


def test_the_same_is_not_told_twice_and_a_change_is(home: Home, council: Council, mail: MailServer) -> None:
    loaded(home, [run("cases", "rejected", "cases: rejected. Once.")])
    for _ in range(2):
        tell.tell_rejected(home, council, NIGHT)
    assert len(mail.envelopes) == 1
    loaded(home, [run("stages", "rejected", "stages: rejected. Too.")])
    tell.tell_rejected(home, council, NIGHT)
    assert len(mail.envelopes) == 2
    assert "Too" in bodies(mail)[1]


def test_a_channel_that_was_down_is_told_when_the_night_is_run_again(
    home: Home, council: Council, mail: MailServer, hook: Webhook
) -> None:
    loaded(home, [run("cases", "rejected", "cases: rejected. Once.")])
    hook.status = 503
    outcomes = tell.tell_rejected(home, council, NIGHT)
    assert {outcome.channel: outcome.is_sent for outcome in outcomes} == {"lead": True, "team": False}
    hook.status, hook.posts = 200, []
    tell.tell_rejected(home, council, NIGHT)
    assert (len(mail.envelopes), len(hook.posts)) == (1, 1)


def test_a_record_that_a_crash_cut_off_stops_nobody(home: Home, council: Council, mail: MailServer) -> None:
    loaded(home, [run("cases", "rejected", "cases: rejected. Once.")])
    tell.tell_rejected(home, council, NIGHT)
    for file in (home.logs / "told").rglob("*.json"):
        file.write_text('{"lead": {"mess', encoding="utf-8")
    tell.tell_rejected(home, council, NIGHT)
    assert len(mail.envelopes) == 2


def test_the_night_as_a_whole_is_told_to_each_address_once(
    home: Home, council: Council, mail: MailServer, tmp_path: Path
) -> None:
    other = tmp_path / "loamshire"
    other.mkdir()
    (other / "telling.yml").write_text((council.folder / "telling.yml").read_text(), encoding="utf-8")
    failure = Failure("nightly_warehouse", "build_and_publish", "build and publish", None)
    tell.tell_night_failed(home, [council, Council(other)], NIGHT, failure)
    [body] = bodies(mail)
    assert body.startswith("All councils: build and publish failed, 30 June 2020\n")
    assert "The last line of its log in Airflow says why." in body


def test_a_load_that_failed_for_its_settings_is_told_all_the_same(
    home: Home, council: Council, mail: MailServer
) -> None:
    (council.folder / "settings.yml").write_text("council_name: [\n", encoding="utf-8")
    why = "settings.yml, line 2: this is not YAML; correct the line."
    tell.tell_load_failed(home, council, NIGHT, Failure("nightly_load", "barsetshire.accept_records", "accept", why))
    [body] = bodies(mail)
    assert body.startswith("Barsetshire: accept failed, 30 June 2020\n")
    assert why in body


def test_a_dead_server_is_logged_and_raises_nothing(
    home: Home, council: Council, caplog: pytest.LogCaptureFixture
) -> None:
    dead = SETTINGS.format(mail=free_port(), hook=free_port())
    (council.folder / "telling.yml").write_text(dead, encoding="utf-8")
    loaded(home, [run("cases", "rejected", "cases: rejected. Once.")])
    with caplog.at_level(logging.WARNING):
        outcomes = tell.tell_rejected(home, Council(council.folder), NIGHT)
    assert [outcome.is_sent for outcome in outcomes] == [False, False]
    assert "Could not tell lead of council_rejected of barsetshire: [Errno 111] Connection refused" in caplog.text


def test_no_message_names_a_case_or_a_person(home: Home, council: Council, mail: MailServer, hook: Webhook) -> None:
    published(home)
    loaded(home, [run("cases", "rejected"), run("stages", "accepted_held_back", rows_quarantined=9)])
    tell.tell_rejected(home, council, NIGHT)
    tell.tell_threshold_passed(home, council, NIGHT)
    tell.tell_overdue(home, council, NIGHT)
    tell.tell_digests(home, council, NIGHT)
    sent = f"{bodies(mail)}{hook.posts}"
    assert (len(mail.envelopes), len(hook.posts)) == (4, 2)
    assert [value for value in PLANTED if value in sent] == []
    kept = "".join(file.read_text() for file in (home.logs / "told").rglob("*.json"))
    assert [value for value in PLANTED if value in kept] == []
