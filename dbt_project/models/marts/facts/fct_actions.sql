with actions as (
    select actions.*
    from {{ ref('stg_actions') }} as actions
    inner join {{ ref('int_changed_cases') }} as changed on actions.case_key = changed.case_key
    where actions.is_current
),

fct_actions as (
    select
        cases.council || '|' || actions.action_ref as action_key,
        cases.council,
        cases.case_key,
        cases.case_ref,
        coalesce(services.service_key, cases.service_key) as service_key,
        cases.record_type,
        actions.action_ref,
        actions.scope,
        actions.action_type,
        actions.agreed_date,
        actions.due_date,
        actions.completed_date,
        actions.extract_id
    from actions
    inner join {{ ref('dim_case') }} as cases on actions.case_key = cases.case_key
    left join {{ ref('int_service_history') }} as services
        on
            actions.council = services.council
            and actions.service_code = services.service_code
            and actions.agreed_date between services.match_from and services.match_to
    where cases.is_counted
)

select * from fct_actions
