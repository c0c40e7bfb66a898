"""Tables of the private build that do not come from the contract: names and SQL types of their columns."""

from redress.validation.issues import ACCEPTANCES
from redress.validation.issues import COLUMNS as EVENT_COLUMNS

METADATA = {
    "operation": "varchar",
    "extract_id": "varchar",
    "extract_date": "date",
    "load_number": "bigint",
    "source_file": "varchar",
    "source_row": "bigint",
    "row_hash": "varchar",
}

QUALITY: dict[str, dict[str, str]] = {
    "events": EVENT_COLUMNS,
    "rule_outcomes": {
        "council": "varchar",
        "rule": "varchar",
        "entity": "varchar",
        "severity": "varchar",
        "extract_id": "varchar",
        "extract_date": "date",
        "load_number": "bigint",
        "outcome": "varchar",
        "rows_checked": "bigint",
        "rows_failed": "bigint",
        "reason": "varchar",
    },
    "load_runs": {
        "council": "varchar",
        "entity": "varchar",
        "extract_date": "date",
        "load_number": "bigint",
        "extract_id": "varchar",
        "extract_kind": "varchar",
        "source_file": "varchar",
        "rows_landed": "bigint",
        "rows_accepted": "bigint",
        "rows_quarantined": "bigint",
        "rows_unchanged": "bigint",
        "rows_released": "bigint",
        "rows_waiting": "bigint",
        "rows_deleted": "bigint",
        "rows_with_warnings": "bigint",
        "columns_dropped": "bigint",
        "rows_with_person": "bigint",
        "persons_found": "bigint",
        "verdict": "varchar",
        "verdict_text": "varchar",
        "seconds": "double",
    },
}

STANDING: dict[str, dict[str, str]] = {
    "acceptances": ACCEPTANCES,
    "missed_runs": {"council": "varchar", "entity": "varchar", "extract_date": "date", "reason": "varchar"},
}
"""What stands in landing beside the loads: written anew at every build."""

CONFIG: dict[str, dict[str, str]] = {
    "councils": {
        "council": "varchar",
        "council_name": "varchar",
        "gss_code": "varchar",
        "dfe_code": "varchar",
        "config_hash": "varchar",
        "is_built": "boolean",
    },
    "settings": {
        "council": "varchar",
        "in_time_rule": "varchar",
        "stage2_clock_start": "varchar",
        "stage2_clock_end": "varchar",
        "acknowledgement_limit": "bigint",
        "corporate_stage_1_limit": "bigint",
        "corporate_stage_2_limit": "bigint",
        "corporate_stage_3_limit": "bigint",
        "records_begin": "date",
        "count_closure_days": "boolean",
    },
    "codes": {
        "council": "varchar",
        "list_name": "varchar",
        "code": "varchar",
        "label": "varchar",
        "maps_to": "varchar",
        "group_name": "varchar",
    },
    "closure_days": {"council": "varchar", "closure_date": "date"},
    "build_state": {"contract_hash": "varchar", "project_hash": "varchar", "invocation_id": "varchar"},
}

LOADS = {
    "council": "varchar",
    "load_number": "bigint",
    "extract_date": "date",
    "extracts": "varchar",
    "is_built": "boolean",
}
