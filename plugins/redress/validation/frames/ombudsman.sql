-- One row per Ombudsman complaint of tonight. A date that cannot be read is there, and is R04's.
select
    row_id,
    case
        when raw_decided_date is not null or raw_decision is not null
            then raw_decided_date is not null and raw_decision is not null
    end as decision_is_dated
from rules.rows_ombudsman
