{{ config(materialized='table') }}

with clocks as (
    select
        timeliness.*,
        stages.statement_agreed_date
    from {{ ref('fct_timeliness') }} as timeliness
    left join {{ ref('int_stages') }} as stages
        on timeliness.case_key = stages.case_key and timeliness.stage = stages.stage
    where timeliness.is_open
),

watch_list as (
    select
        timeliness_key as watch_key,
        council,
        case_key,
        case_ref,
        service_key,
        record_type,
        clock,
        stage,
        started_date,
        council_due_date as due_date,
        elapsed_working_days,
        case when not is_frozen then council_limit_days - elapsed_working_days end as working_days_left,
        coalesce(not is_frozen and elapsed_working_days > council_limit_days, false) as is_overdue,
        is_frozen,
        is_extension_agreed,
        extended_due_date,
        case when not is_frozen then extended_limit_days - elapsed_working_days end
            as extended_working_days_left,
        coalesce(clock = 'stage_2' and record_type = 'complaint' and statement_agreed_date is null, false)
            as lacks_statement,
        extract_id
    from clocks
)

select * from watch_list
