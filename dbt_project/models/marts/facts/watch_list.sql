{{ config(materialized='table') }}

with clocks as (
    select * from {{ ref('fct_timeliness') }}
    where is_open
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
        extract_id
    from clocks
)

select * from watch_list
