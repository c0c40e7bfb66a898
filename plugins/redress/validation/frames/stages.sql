-- One row per stage of tonight: what the rules of expectations/stages.yml look at. A column is null where the
-- rule has nothing to say about the row, also because another rule reports the same fault.
with facts as (
    select
        stages.*,
        coalesce(stages.responded_date >= stages.requested_date, true) as is_in_order,
        stages.raw_responded_date is not null as is_answered,
        cases.record_type as case_record_type,
        cases.received_date as case_received_date,
        list_contains(string_split(coalesce(cases.tags, ''), ';'), 'early_escalation') as is_early,
        list_contains(string_split(coalesce(cases.tags, ''), ';'), 'earlier_stage_elsewhere') as is_elsewhere,
        coalesce(cases.received_date < settings.records_begin, false) as is_before_records,
        cases.case_ref is not null and not cases.is_ambiguous as is_case_known,
        earlier.is_answered as is_before_answered,
        earlier.is_ambiguous as is_before_ambiguous,
        earlier.responded_date as before_responded_date,
        later.record_key is not null as is_rested_on
    from rules.rows_stages as stages
    cross join rules.settings as settings
    left join rules.current_cases as cases
        on stages.case_ref = cases.case_ref
    left join rules.current_stages as earlier
        on stages.case_ref = earlier.case_ref and stages.stage = earlier.stage + 1
    left join loaded.stages as later
        on stages.case_ref = later.case_ref and stages.stage + 1 = later.stage
)

select
    facts.row_id,
    facts.case_record_type,
    facts.case_received_date,
    facts.before_responded_date,
    -- D05: where D01 holds; an open stage has no end yet
    case
        when facts.is_in_order
            then facts.acknowledged_date >= facts.requested_date
                and coalesce(facts.acknowledged_date <= facts.responded_date, true)
    end as acknowledged_date_lies_within,
    case
        when facts.is_in_order
            then facts.extension_agreed_date >= facts.requested_date
                and coalesce(facts.extension_agreed_date <= facts.responded_date, true)
    end as extension_agreed_date_lies_within,
    case
        when facts.is_in_order
            then facts.statement_agreed_date >= facts.requested_date
                and coalesce(facts.statement_agreed_date <= facts.responded_date, true)
    end as statement_agreed_date_lies_within,
    case
        when facts.is_in_order
            then facts.investigation_report_date >= facts.requested_date
                and coalesce(facts.investigation_report_date <= facts.responded_date, true)
    end as investigation_report_date_lies_within,
    -- D07
    case when facts.stage = 1 then facts.requested_date <= facts.case_received_date end as starts_by_receipt,
    -- D10: a request before the answer is S03's
    case
        when facts.case_record_type = 'complaint' and facts.requested_date >= facts.before_responded_date
            then asked.working_day_number - answered.working_day_number
    end as working_days_since_answer,
    -- S02: without its case (R02) the exemptions are not known
    case
        when facts.stage = 1 or facts.stage is null or not facts.is_case_known then null
        when facts.is_early or facts.is_elsewhere or facts.is_before_records then null
        when facts.is_before_ambiguous then null
        else coalesce(facts.is_before_answered, false)
    end as stage_before_is_answered,
    -- S02 again: an update that takes away the answer on which a loaded stage rests
    case
        when not facts.is_rested_on or not facts.is_case_known then null
        when facts.is_early or facts.is_elsewhere or facts.is_before_records then null
        else facts.is_answered
    end as answer_stays_for_the_stage_after,
    -- S03
    case
        when facts.is_case_known and not facts.is_early and not facts.is_before_records
            then facts.before_responded_date
    end as answer_before,
    -- S04
    case when facts.outcome <> 'withdrawn' then facts.is_answered end as outcome_has_an_answer,
    -- S07: the order against the answer only where D01 holds
    case
        when facts.panel_date is not null
            then facts.stage = 3
                and coalesce(facts.panel_date >= facts.requested_date, true)
                and coalesce(facts.panel_date <= facts.responded_date or not facts.is_in_order, true)
    end as panel_date_fits,
    case
        when facts.panel_report_date is not null
            then facts.stage = 3
                and coalesce(facts.panel_report_date >= facts.panel_date, true)
                and coalesce(facts.panel_report_date >= facts.requested_date, true)
                and coalesce(facts.panel_report_date <= facts.responded_date or not facts.is_in_order, true)
    end as panel_report_date_fits,
    case when facts.statement_agreed_date is not null then facts.stage = 2 end as statement_agreed_date_fits,
    case when facts.investigation_report_date is not null then facts.stage = 2 end
        as investigation_report_date_fits,
    -- S10
    case when facts.is_answered then facts.raw_outcome is not null end as answer_has_an_outcome
from facts
left join rules.calendar as asked
    on facts.requested_date = asked.calendar_date
left join rules.calendar as answered
    on facts.before_responded_date = answered.calendar_date
