-- Exempt as rule S02 exempts them: marked cases, and cases of before the council's records begin. What
-- the quality lead already has as an open S02 issue is not reported a second time.
select
    stages.case_key,
    stages.stage
from {{ ref('int_stages') }} as stages
inner join {{ ref('dim_case') }} as cases on stages.case_key = cases.case_key
inner join {{ ref('int_councils') }} as councils on stages.council = councils.council
left join {{ ref('int_stages') }} as earlier
    on stages.case_key = earlier.case_key and stages.stage - 1 = earlier.stage
left join {{ ref('dq_issues') }} as issues
    on
        stages.council = issues.council
        and issues.entity = 'stages'
        and issues.rule = 'S02'
        and issues.resolved_on is null
        and stages.case_ref || '|' || cast(stages.stage as {{ dbt.type_string() }}) = issues.record_key
where
    stages.stage > 1
    and earlier.responded_date is null
    and issues.issue_key is null
    and position(';early_escalation;' in ';' || coalesce(cases.tags, '') || ';') = 0
    and position(';earlier_stage_elsewhere;' in ';' || coalesce(cases.tags, '') || ';') = 0
    and (councils.records_begin is null or cases.received_date >= councils.records_begin)
