"""Every metric said again in plain SQL: what is counted, of which rows, by which date. Ratios by their two parts."""

from typing import NamedTuple


class Plain(NamedTuple):
    """An aggregate over the rows of one table where a condition holds, by one date."""

    table: str
    date: str
    where: str = "true"
    value: str = "count(*)"


STAGES = {"stage1": "s.stage = 1", "stage2": "s.stage = 2", "stage3": "s.stage = 3", "any_stage": "s.stage > 0"}
RULES = {"": "", "_within_limit": "", "_within_extended": "", "_agreed_extension": ""}
DECIDED = "s.outcome in ('not_upheld', 'partially_upheld', 'upheld')"
EITHER = "s.outcome in ('partially_upheld', 'upheld')"
RECORDED = {
    "gender": "c.gender in ('female', 'male', 'other', 'unborn')",
    "age": "c.age_band is not null and c.age_band != 'unknown'",
    "ethnicity": "c.ethnicity_group not in ('not_obtained', 'not_recorded')",
    "disability": "c.disabilities is not null",
    "sexual_orientation": "c.sexual_orientation is not null and c.sexual_orientation != 'unknown'",
}
SUPPLIED = {
    "open_cases": "open_cases",
    "child_records": "child_records",
    "referrals": "referrals_received",
    "safeguarding_cases": "safeguarding_cases",
}
STATUTORY = "c.record_type = 'complaint'"


def _stage_metrics() -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    for name, stage in STAGES.items():
        of = f"{STATUTORY} and {stage}"
        received = {f"{name}_received": of, f"{name}_answered_of_received": f"{of} and s.responded_date is not null"}
        answered = {f"{name}_answered": of}
        for rule in RULES:
            flag = f"s.in_time{rule}"
            for kind, end in ((received, "_of_received"), (answered, "")):
                kind[f"{name}_timed{rule}{end}"] = f"{of} and {flag} is not null"
                kind[f"{name}_in_time{rule}{end}"] = f"{of} and {flag} = true"
        for kind, end in ((received, "_of_received"), (answered, "")):
            kind[f"{name}_with_outcome{end}"] = f"{of} and {DECIDED}"
            kind[f"{name}_upheld_fully{end}"] = f"{of} and s.outcome = 'upheld'"
            kind[f"{name}_upheld_partly_or_fully{end}"] = f"{of} and {EITHER}"
        if name in ("stage1", "stage2"):
            answered |= {
                f"{name}_banded": f"{of} and s.band is not null",
                f"{name}_within_limit": f"{of} and s.band = 'within_limit'",
                f"{name}_within_extended_band": f"{of} and s.band = 'within_extended'",
                f"{name}_within_extended_cumulative": f"{of} and s.band in ('within_limit', 'within_extended')",
                f"{name}_over": f"{of} and s.band = 'over'",
                f"{name}_answers_escalated": f"{of} and s.escalated",
            }
            received[f"{name}_escalated"] = f"{of} and s.escalated"
            for agg, value in (("average", "avg"), ("median", "median")):
                found[f"{name}_working_days_{agg}"] = Plain(
                    "stages", "s.responded_date", of, f"{value}(s.elapsed_working_days)"
                )
        found |= {metric: Plain("stages", "s.received_date", where) for metric, where in received.items()}
        found |= {metric: Plain("stages", "s.responded_date", where) for metric, where in answered.items()}
    return found


def _cause_metrics() -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    for number in (1, 2, 3):
        name, of = f"stage{number}", f"{STATUTORY} and f.stage = {number}"
        found |= {
            f"{name}_causes": Plain("causes", "f.received_date", of),
            f"{name}_main_causes": Plain("causes", "f.received_date", f"{of} and f.is_main"),
            f"{name}_cases_with_cause": Plain("causes", "f.received_date", of, "count(distinct f.case_key)"),
            f"{name}_causes_answered": Plain("causes", "f.responded_date", of),
            f"{name}_cases_with_cause_answered": Plain("causes", "f.responded_date", of, "count(distinct f.case_key)"),
            f"{name}_upheld_causes": Plain(
                "causes", "f.responded_date", f"{of} and f.finding in ('upheld', 'partially_upheld')"
            ),
        }
    for kind in ("enquiry", "compliment"):
        found[f"{kind}_causes"] = Plain("causes", "f.received_date", f"c.record_type = '{kind}'")
    return found


def _volumes() -> dict[str, Plain]:
    comment = "list_contains(string_split(c.tags, ';'), 'negative_comment')"
    where = {
        "complaints_made": f"{STATUTORY} and s.stage in (0, 1)",
        "not_accepted": f"{STATUTORY} and s.stage in (0, 1) and c.status = 'not_accepted'",
        "representations_received": "c.record_type = 'representation'",
        "policy_comments_received": f"c.record_type = 'representation' and {comment}",
        "corporate_received": "c.record_type = 'corporate_complaint' and s.stage in (0, 1)",
        "corporate_stage2_received": "c.record_type = 'corporate_complaint' and s.stage = 2",
        "enquiries_received": "c.record_type = 'enquiry'",
        "compliments_received": "c.record_type = 'compliment'",
        "resolutions_accepted": f"{STATUTORY} and s.stage = 1 and s.has_accepted_resolution",
        "stage1_received_about_children": f"{STATUTORY} and s.stage = 1 and not c.is_adult",
    }
    where |= {f"recorded_{name}": f"{STATUTORY} and s.stage = 1 and {known}" for name, known in RECORDED.items()}
    found = {metric: Plain("stages", "s.received_date", condition) for metric, condition in where.items()}
    joint = f"{STATUTORY} and s.stage > 0 and c.joint_nhs"
    found["joint_nhs_received"] = Plain("stages", "s.received_date", joint, "count(distinct s.case_key)")
    return found


def _rest() -> dict[str, Plain]:
    answer = (
        "f.responded_date is not null and f.response_due_date is not null and f.responded_date <= f.response_due_date"
    )
    acknowledged = f"{STATUTORY} and f.clock = 'acknowledgement'"
    settled = "f.method in ('mediation', 'meeting') and f.resolved"
    ended = f"{STATUTORY} and f.is_final"
    found = {
        "cases_received": Plain("cases", "f.received_date", "f.is_counted"),
        "transactions": Plain("transactions", "f.received_date"),
        "concluded": Plain("outcomes", "f.concluded_date", f"{ended} and f.route != 'not_accepted'"),
        "concluded_by_answer": Plain("outcomes", "f.concluded_date", f"{ended} and f.route like 'stage_%'"),
        "payments_count": Plain("payments", "f.agreed_date"),
        "payments_amount": Plain("payments", "f.agreed_date", value="sum(f.amount)"),
        "resolutions_offered": Plain("resolutions", "f.offered_date"),
        "resolutions_settled": Plain("resolutions", "f.offered_date", settled, "count(distinct f.case_key)"),
        "actions_agreed": Plain("actions", "f.agreed_date"),
        "actions_completed": Plain("actions", "f.agreed_date", "f.completed_date is not null"),
        "panels_held": Plain("timeliness", "f.ended_date", "f.clock = 'stage_3_panel'"),
        "acknowledged": Plain("timeliness", "f.ended_date", acknowledged),
        "acknowledgements_timed": Plain("timeliness", "f.ended_date", f"{acknowledged} and f.in_time is not null"),
        "acknowledged_in_time": Plain("timeliness", "f.ended_date", f"{acknowledged} and f.in_time"),
        "ombudsman_received": Plain("ombudsman", "f.received_date"),
        "ombudsman_investigated": Plain("ombudsman", "f.received_date", "f.decision like '%upheld'"),
        "ombudsman_upheld_of_received": Plain("ombudsman", "f.received_date", "f.decision = 'upheld'"),
        "ombudsman_in_time_of_received": Plain("ombudsman", "f.received_date", answer),
        "ombudsman_decided": Plain("ombudsman", "f.decided_date"),
        "ombudsman_decided_investigated": Plain("ombudsman", "f.decided_date", "f.decision like '%upheld'"),
        "ombudsman_upheld": Plain("ombudsman", "f.decided_date", "f.decision = 'upheld'"),
        "ombudsman_undecided": Plain("ombudsman_open", "f.as_at_date"),
        "open_cases": Plain("open", "f.as_at_date"),
        "open_complaints": Plain("open", "f.as_at_date", STATUTORY),
        "overdue_cases": Plain("open", "f.as_at_date", "f.is_overdue"),
        "activity_value": Plain("activity", "f.as_at_date", value="max(f.value)"),
        "representation_complaints": Plain(
            "representation", "f.received_date", value="count(*) filter (where f.is_of_group)"
        ),
        "representation_expected": Plain("representation", "f.received_date", value="sum(f.share_of_children)"),
    }
    for name, measure in SUPPLIED.items():
        where = f"f.measure = '{measure}' and f.characteristic is null"
        found[f"activity_{name}"] = Plain("activity", "f.as_at_date", where, "max(f.value)")
    return found


SIMPLE = _stage_metrics() | _cause_metrics() | _volumes() | _rest()

DERIVED = {
    "contacts_received": ("stage1_received", "policy_comments_received", 1),
    "stage1_not_escalated_period": ("stage1_received", "stage2_received", -1),
    "stage2_not_escalated_period": ("stage2_received", "stage3_received", -1),
}


def _ratios() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for name in STAGES:
        for end in ("", "_of_received"):
            for rule in RULES:
                found[f"{name}_in_time{rule}_rate{end}"] = (f"{name}_in_time{rule}{end}", f"{name}_timed{rule}{end}")
            decided = f"{name}_with_outcome{end}"
            found[f"{name}_uphold_rate{end}"] = (f"{name}_upheld_partly_or_fully{end}", decided)
            found[f"{name}_fully_upheld_rate{end}"] = (f"{name}_upheld_fully{end}", decided)
        found[f"{name}_fully_upheld_rate_of_all_received"] = (f"{name}_upheld_fully_of_received", f"{name}_received")
    for now, later in ((1, 2), (2, 3)):
        name, received = f"stage{now}", f"stage{now}_received"
        found |= {
            f"stage{now}_to_{later}_period_escalation_rate": (f"stage{later}_received", received),
            f"{name}_cohort_escalation_rate": (f"{name}_escalated", received),
            f"{name}_not_escalated_period_rate": (f"{name}_not_escalated_period", received),
            f"stage{later}_per_transactions_rate": (f"stage{later}_received", "transactions"),
        }
        for band in ("within_limit", "within_extended_band", "within_extended_cumulative", "over"):
            found[f"{name}_{band}_rate"] = (f"{name}_{band}", f"{name}_banded")
    found |= {f"{name}_coverage_rate": (f"recorded_{name}", "stage1_received") for name in RECORDED}
    for name in SUPPLIED:
        complaints = "stage1_received_about_children" if name == "child_records" else "stage1_received"
        found[f"stage1_per_{name}_rate"] = (complaints, f"activity_{name}")
    return found | {
        "ombudsman_upheld_rate": ("ombudsman_upheld", "ombudsman_decided_investigated"),
        "ombudsman_upheld_rate_of_received": ("ombudsman_upheld_of_received", "ombudsman_investigated"),
        "ombudsman_upheld_rate_of_all_received": ("ombudsman_upheld_of_received", "ombudsman_received"),
        "ombudsman_in_time_rate_of_received": ("ombudsman_in_time_of_received", "ombudsman_received"),
        "acknowledgement_in_time_rate": ("acknowledged_in_time", "acknowledgements_timed"),
        "actions_completed_rate": ("actions_completed", "actions_agreed"),
        "representation_ratio": ("representation_complaints", "representation_expected"),
    }


RATIOS = _ratios()
