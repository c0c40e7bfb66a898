{{ config(materialized='table') }}

with activity as (
    select * from {{ ref('stg_activity') }}
    where is_current
),

fct_activity as (
    select
        activity.council || '|' || activity.record_key as activity_key,
        activity.council,
        cast(null as {{ dbt.type_string() }}) as case_key,
        cast(null as {{ dbt.type_string() }}) as case_ref,
        services.service_key,
        activity.measure,
        activity.period_from,
        activity.as_at_date,
        activity.characteristic,
        activity.member,
        activity.unit,
        activity.value,
        activity.extract_id
    from activity
    left join {{ ref('int_service_history') }} as services
        on
            activity.council = services.council
            and activity.service_code = services.service_code
            and activity.as_at_date between services.match_from and services.match_to
)

select * from fct_activity
