with causes as (
    select causes.*
    from {{ ref('stg_causes') }} as causes
    inner join {{ ref('int_changed_cases') }} as changed on causes.case_key = changed.case_key
    where causes.is_current
),

fct_causes as (
    select
        cases.case_key
        || '|' || cast(causes.stage as {{ dbt.type_string() }})
        || '|' || cast(causes.element as {{ dbt.type_string() }}) as cause_row_key,
        cases.council,
        cases.case_key,
        cases.case_ref,
        cases.service_key,
        cases.council || '|' || causes.cause as cause_key,
        cases.record_type,
        causes.stage,
        causes.element,
        causes.cause,
        causes.is_main,
        causes.finding,
        coalesce(stages.requested_date, cases.received_date) as received_date,
        stages.responded_date,
        causes.extract_id
    from causes
    inner join {{ ref('dim_case') }} as cases on causes.case_key = cases.case_key
    left join {{ ref('int_stages') }} as stages
        on causes.case_key = stages.case_key and causes.stage = stages.stage
    where cases.is_counted
)

select * from fct_causes
