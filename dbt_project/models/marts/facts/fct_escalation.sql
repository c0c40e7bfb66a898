with stages as (
    select stages.*
    from {{ ref('int_stages') }} as stages
    inner join {{ ref('int_changed_cases') }} as changed on stages.case_key = changed.case_key
),

fct_escalation as (
    select
        stages.case_key || '|' || cast(stages.stage as {{ dbt.type_string() }}) as escalation_key,
        stages.council,
        stages.case_key,
        stages.case_ref,
        stages.service_key,
        stages.record_type,
        stages.stage,
        stages.requested_date as received_date,
        stages.responded_date,
        stages.next_requested_date is not null as escalated,
        stages.next_requested_date as next_stage_requested_date,
        case
            when stages.next_requested_date >= stages.responded_date
                then requests.working_day_number - answers.working_day_number
        end as working_days_to_request,
        stages.extract_id
    from stages
    left join {{ ref('int_calendar') }} as answers
        on stages.council = answers.council and stages.responded_date = answers.date_day
    left join {{ ref('int_calendar') }} as requests
        on stages.council = requests.council and stages.next_requested_date = requests.date_day
)

select * from fct_escalation
