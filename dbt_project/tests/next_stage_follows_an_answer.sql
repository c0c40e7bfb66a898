-- Exempt as rule S02 exempts them: marked cases, and cases of before the council's records begin, also
-- where only an earlier version of the case was (its stage came in then; S02 looks at it when it comes
-- again). What the quality lead already has as an open S02 issue is not reported a second time.
with exempt_cases as (
    select distinct versions.case_key
    from {{ ref('stg_cases') }} as versions
    inner join {{ ref('int_councils') }} as councils on versions.council = councils.council
    where
        position(';early_escalation;' in ';' || coalesce(versions.tags, '') || ';') > 0
        or position(';earlier_stage_elsewhere;' in ';' || coalesce(versions.tags, '') || ';') > 0
        or versions.received_date < councils.records_begin
)

select
    stages.case_key,
    stages.stage
from {{ ref('int_stages') }} as stages
left join exempt_cases on stages.case_key = exempt_cases.case_key
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
    and exempt_cases.case_key is null
