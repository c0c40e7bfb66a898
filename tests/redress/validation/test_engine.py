"""Tonight's rows beside what is loaded, what hangs on held rows, extracts as a whole, and rules that do not run."""

from datetime import date

import pytest

STAGE_2 = {"stage": 2, "requested_date": date(2024, 3, 20), "responded_date": date(2024, 4, 17)}
STAGE_3 = {"stage": 3, "requested_date": date(2024, 4, 24), "responded_date": date(2024, 6, 24)}
BACKWARD = {"responded_date": date(2024, 3, 1)}
HANGING = {
    "stages": [{}, STAGE_2, STAGE_3],
    "freezes": [{}],
    "causes": [{}, {"stage": 0, "is_main": False}, {"stage": 2}],
    "payments": [{}],
    "actions": [{}],
    "resolutions": [{}],
    "ombudsman": [{}],
}


class TestWhatHangsOnHeldRows:
    def test_everything_waits_with_a_case(self, run_night):
        night = run_night({"cases": [{"closed_date": date(2024, 3, 1)}], "services": [{}]} | HANGING, only=True)
        assert night.of("D02") == [("cases", "C1", "closed_date")]
        assert night.of("R02") == [
            ("actions", "A1", "case_ref"),
            ("causes", "C1|0|1", "case_ref"),
            ("causes", "C1|1|1", "case_ref"),
            ("causes", "C1|2|1", "case_ref"),
            ("freezes", "C1|1|2024-03-06", "case_ref"),
            ("ombudsman", "O1", "case_ref"),
            ("payments", "P1", "case_ref"),
            ("resolutions", "C1|2024-03-07|mediation", "case_ref"),
            ("stages", "C1|1", "case_ref"),
            ("stages", "C1|2", "case_ref"),
            ("stages", "C1|3", "case_ref"),
        ]
        assert night.rules == {"D02", "R02"}

    def test_only_what_belongs_to_a_stage_waits_with_it(self, run_night):
        rows = {"cases": [{}], "services": [{}]} | HANGING
        night = run_night(
            rows | {"stages": [{}, STAGE_2 | BACKWARD | {"requested_date": date(2024, 3, 18)}, STAGE_3]}, only=True
        )
        assert night.of("D01") == [("stages", "C1|2", "responded_date")]
        assert night.of("R02") == [("causes", "C1|2|1", "case_ref"), ("stages", "C1|3", "case_ref")]

    def test_a_held_stage_1_holds_stages_2_and_3(self, run_night):
        rows = {"cases": [{}], "services": [{}], "stages": [BACKWARD, STAGE_2, STAGE_3]}
        assert run_night(rows, only=True).of("R02") == [("stages", "C1|2", "case_ref"), ("stages", "C1|3", "case_ref")]

    def test_an_early_escalation_waits_with_the_stage_before_it(self, run_night):
        rows = {"cases": [{"tags": "early_escalation"}], "services": [{}], "stages": [BACKWARD, STAGE_2, STAGE_3]}
        night = run_night(rows, only=True)
        assert night.of("R02") == [("stages", "C1|2", "case_ref"), ("stages", "C1|3", "case_ref")]

    def test_two_versions_of_a_stage_hold_what_belongs_to_it(self, run_night):
        rows = {"cases": [{}], "services": [{}], "stages": [{}, {"outcome": "upheld"}, STAGE_2], "causes": [{}]}
        night = run_night(rows, only=True)
        assert night.of("R01") == [("stages", "C1|1", "case_ref|stage")] * 2
        assert night.of("R02") == [("causes", "C1|1|1", "case_ref"), ("stages", "C1|2", "case_ref")]
        assert night.rules == {"R01", "R02"}

    def test_a_bad_update_leaves_the_good_version_in_force(self, run_night):
        rows = {"cases": [{"closed_date": date(2024, 3, 1)}], "services": [{}]} | HANGING
        night = run_night(rows, only=True, loaded={"cases": [{}]})
        assert night.rules == {"D02"}
        rows = {"cases": [{}], "services": [{}]} | HANGING | {"stages": [BACKWARD, STAGE_2]}
        assert run_night(rows | {"causes": [{}]}, only=True, loaded={"stages": [{}]}).rules == {"D01"}

    def test_stage_2_waits_when_the_stage_1_that_stays_in_force_is_unanswered(self, run_night):
        rows = {"cases": [{}], "services": [{}], "stages": [BACKWARD, STAGE_2, STAGE_3]}
        unanswered = {"responded_date": None, "outcome": None}
        night = run_night(rows, only=True, loaded={"stages": [unanswered]})
        assert night.of("D01") == [("stages", "C1|1", "responded_date")]
        assert night.of("R02") == [("stages", "C1|2", "case_ref"), ("stages", "C1|3", "case_ref")]

    def test_stage_2_waits_when_the_case_that_stays_in_force_has_no_exemption(self, run_night):
        tagged = {"tags": "early_escalation"}
        bad_update = tagged | {"closed_date": date(2024, 3, 1)}
        rows = {
            "cases": [bad_update],
            "services": [{}],
            "stages": [STAGE_2 | {"responded_date": None, "outcome": None}],
        }
        night = run_night(rows, only=True, loaded={"cases": [{}]})
        assert night.failures == [
            ("D02", "cases", "C1", "closed_date"),
            ("R02", "stages", "C1|2", "case_ref"),
            ("S06", "cases", "C1", "status"),
        ]
        assert run_night(rows, only=True, loaded={"cases": [tagged]}).of("R02") == []

    def test_a_missing_case_holds_and_a_loaded_one_does_not(self, run_night):
        assert run_night({"payments": [{}]}, only=True).of("R02") == [("payments", "P1", "case_ref")]
        assert run_night({"payments": [{}]}, only=True, loaded={"cases": [{}]}).failures == []

    def test_a_warning_holds_nothing(self, run_night):
        night = run_night({"cases": [{"gender": None}], "services": [{}]} | HANGING, only=True)
        assert night.rules == {"E03"}

    def test_rows_alike_count_once(self, run_night):
        rows = {"cases": [{}], "stages": [{}], "services": [{}], "payments": [{"case_ref": "C9"}] * 3}
        night = run_night(rows, only=True)
        assert night.copies == [("payments", "P1")] * 2
        assert night.of("R02") == [("payments", "P1", "case_ref")]
        assert night.outcomes["R04", "payments"]["rows_checked"] == 1


class TestWhatIsLoaded:
    def test_a_stage_follows_a_loaded_one(self, run_night):
        unanswered = {"responded_date": None, "outcome": None}
        loaded = {"cases": [{"status": "open", "closed_date": None}], "stages": [{}], "services": [{}]}
        assert run_night({"stages": [STAGE_2]}, only=True, loaded=loaded).failures == []
        loaded["stages"] = [unanswered]
        assert run_night({"stages": [STAGE_2]}, only=True, loaded=loaded).rules == {"S02"}
        assert run_night({"stages": [{}, STAGE_2]}, only=True, loaded=loaded).failures == []
        loaded["stages"] = [{}]
        assert run_night({"stages": [unanswered, STAGE_2]}, only=True, loaded=loaded).rules == {"S02"}

    def test_a_case_knows_its_loaded_stages(self, run_night):
        night = run_night({"cases": [{}]}, only=True, loaded={"stages": [{}], "services": [{}]})
        assert night.failures == []
        assert night.outcome("S05", "cases") == "pass"

    def test_a_freeze_beside_a_loaded_one(self, run_night):
        loaded = {"cases": [{}], "stages": [{}], "freezes": [{}]}
        overlapping = {"frozen_from": date(2024, 3, 7), "frozen_to": date(2024, 3, 12)}
        night = run_night({"freezes": [overlapping]}, only=True, loaded=loaded)
        assert night.of("D09") == [("freezes", "C1|1|2024-03-07", "frozen_from")]
        longer = {"frozen_to": date(2024, 3, 12)}
        assert run_night({"freezes": [longer]}, only=True, loaded=loaded).failures == []

    def test_a_second_main_cause(self, run_night):
        loaded = {"cases": [{}], "stages": [{}], "causes": [{}]}
        night = run_night({"causes": [{"element": 2}]}, only=True, loaded=loaded)
        assert night.of("S09") == [("causes", "C1|1|2", "is_main")]
        night = run_night({"causes": [{"is_main": False}, {"element": 2}]}, only=True, loaded=loaded)
        assert night.failures == []

    def test_rows_that_wait_are_looked_at_again(self, run_night):
        waiting = {"stages": [STAGE_2 | {"responded_date": None, "outcome": None}], "payments": [{"case_ref": "C9"}]}
        rows = {"cases": [{"status": "open", "closed_date": None}], "stages": [{}], "services": [{}]}
        night = run_night(rows, only=True, waiting=waiting)
        assert night.failures == [("R02", "payments", "P1", "case_ref")]
        assert night.outcome("R02", "payments") == "fail"


class TestExtracts:
    def test_an_empty_full_extract_of_what_is_loaded(self, run_night):
        night = run_night(
            {"cases": [], "freezes": []},
            only=True,
            loaded={"cases": [{}], "freezes": [{}]},
            batch={"cases": {"removed_keys": 1, "median_rows": 9}, "freezes": {"removed_keys": 1}},
        )
        assert night.failures == [("V02", "cases", "", None), ("V04", "freezes", "", None)]
        assert run_night({"cases": []}, only=True).failures == []

    def test_a_rejected_extract(self, run_night):
        night = run_night(
            {"cases": [{}], "stages": [{}], "services": [{}]},
            only=True,
            batch={"cases": {"is_rejected": True}, "stages": {"missing_columns": "stage;requested_date"}},
        )
        assert night.failures == [
            ("V02", "cases", "", None),
            ("V02", "stages", "", "requested_date"),
            ("V02", "stages", "", "stage"),
        ]
        outcome = night.outcomes["D02", "cases"]
        assert (outcome["outcome"], outcome["reason"]) == ("not_run", "the extract of cases was rejected")
        assert not outcome["is_checked"]
        assert night.outcomes["V02", "stages"]["rows_failed"] == 2

    @pytest.mark.parametrize(
        ("facts", "settings", "outcome"),
        [
            ({"loaded_keys": 10, "removed_keys": 3}, {}, "fail"),
            ({"loaded_keys": 10, "removed_keys": 3, "removal_allowed": True}, {}, "pass"),
            ({"loaded_keys": 10, "removed_keys": 3}, {"removal_limit": 0.3}, "pass"),
            ({"loaded_keys": 10, "removed_keys": 3, "extract_kind": "changes"}, {}, "not_run"),
            ({"loaded_keys": 0}, {}, "not_run"),
        ],
    )
    def test_removals(self, facts, settings, outcome, run_night):
        night = run_night({"services": [{}]}, only=True, batch={"services": facts}, settings=settings)
        assert night.outcome("V04", "services") == outcome

    @pytest.mark.parametrize(
        ("rows", "tolerance", "outcome"), [(5, 0.5, "pass"), (15, 0.5, "pass"), (16, 0.5, "warn"), (16, 0.6, "pass")]
    )
    def test_row_counts(self, rows, tolerance, outcome, run_night):
        facts = {"rows_landed": rows, "median_rows": 10}
        settings = {"row_count_tolerance": tolerance}
        night = run_night({"services": [{}]}, only=True, batch={"services": facts}, settings=settings)
        assert night.outcome("V01", "services") == outcome

    def test_an_issue_names_the_column_that_emptied(self, run_night):
        shares = {"valid_to": {"null_share": 0.9, "previous_null_share": 0.5}, "parent_code": {"null_share": 0.9}}
        night = run_night({"services": [{}]}, only=True, batch_columns={"services": shares})
        assert night.failures == [("V03", "services", "", "valid_to")]
        assert night.outcome("V03", "services") == "warn"

    def test_an_issue_names_each_column_of_the_source_that_changed(self, run_night):
        columns = {"Team": {"is_as_before": True}, "Name": {"is_as_before": False}, "Code": {"is_as_before": False}}
        night = run_night({"services": [{}], "cases": [{}]}, only=True, batch_source_columns={"services": columns})
        assert night.failures == [("V05", "services", "", "Code"), ("V05", "services", "", "Name")]
        outcome = night.outcomes["V05", "services"]
        assert (outcome["outcome"], outcome["rows_checked"], outcome["rows_failed"]) == ("warn", 3, 2)
        first = night.outcomes["V05", "cases"]
        assert (first["outcome"], first["reason"]) == ("not_run", "there is nothing to compare the extract with")


class TestNotRun:
    def test_an_entity_that_did_not_come(self, run_night):
        night = run_night({"services": [{}]}, only=True)
        for rule, entity in (("D02", "cases"), ("V01", "cases"), ("R02", "payments")):
            outcome = night.outcomes[rule, entity]
            assert (outcome["outcome"], outcome["reason"]) == ("not_run", f"{entity} was not delivered")
            assert not outcome["is_checked"]

    def test_inputs_that_did_not_come(self, run_night):
        night = run_night({"stages": [{}]}, only=True)
        assert night.outcomes["D06", "stages"]["reason"] == "cases not delivered, and nothing of it is loaded"
        assert not night.outcomes["D06", "stages"]["is_checked"]
        assert night.outcome("D01", "stages") == "pass"
        assert run_night({"stages": [{}]}, only=True, loaded={"cases": [{}]}).outcome("D06", "stages") == "pass"

    def test_no_row_that_could_fail(self, run_night):
        night = run_night({"cases": [{}], "stages": [{}], "services": [], "payments": []}, only=True)
        for rule, entity in (("D09", "freezes"), ("S03", "stages"), ("R03", "cases"), ("R06", "payments")):
            assert night.outcome(rule, entity) == "not_run"
        for rule, entity in (("S03", "stages"), ("R03", "cases"), ("R06", "payments")):
            assert night.outcomes[rule, entity]["reason"] == "no row could fail it"
            assert night.outcomes[rule, entity]["is_checked"]

    def test_services_that_are_loaded_are_enough(self, run_night):
        night = run_night({"cases": [{"service_code": "S9"}], "stages": [{}]}, only=True, loaded={"services": [{}]})
        assert night.of("R03") == [("cases", "C1", "service_code")]

    def test_counts(self, run_night):
        rows = {"cases": [{}], "stages": [{}, STAGE_2 | BACKWARD], "services": [{}]}
        outcome = run_night(rows, only=True).outcomes["D01", "stages"]
        assert (outcome["outcome"], outcome["rows_checked"], outcome["rows_failed"]) == ("fail", 2, 1)
