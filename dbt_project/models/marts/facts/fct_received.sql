with stages as (
    select stages.*
    from {{ ref('int_stages') }} as stages
    inner join {{ ref('int_changed_cases') }} as changed on stages.case_key = changed.case_key
),

cases_without_stages as (
    select cases.*
    from {{ ref('dim_case') }} as cases
    inner join {{ ref('int_changed_cases') }} as changed on cases.case_key = changed.case_key
    left join stages on cases.case_key = stages.case_key
    where cases.is_counted and stages.case_key is null
),

fct_received as (
    select
        case_key || '|' || cast(stage as {{ dbt.type_string() }}) as received_key,
        council,
        case_key,
        case_ref,
        service_key,
        record_type,
        stage,
        requested_date as received_date,
        extract_id
    from stages
    union all
    select
        case_key || '|0' as received_key,
        council,
        case_key,
        case_ref,
        service_key,
        record_type,
        cast(0 as {{ dbt.type_bigint() }}) as stage,
        received_date,
        extract_id
    from cases_without_stages
)

select * from fct_received
