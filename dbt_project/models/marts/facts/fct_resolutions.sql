with resolutions as (
    select resolutions.*
    from {{ ref('stg_resolutions') }} as resolutions
    inner join {{ ref('int_changed_cases') }} as changed on resolutions.case_key = changed.case_key
    where resolutions.is_current
),

fct_resolutions as (
    select
        cases.council || '|' || resolutions.record_key as resolution_key,
        cases.council,
        cases.case_key,
        cases.case_ref,
        cases.service_key,
        cases.record_type,
        resolutions.offered_date,
        resolutions.method,
        resolutions.accepted,
        resolutions.resolved,
        resolutions.extract_id
    from resolutions
    inner join {{ ref('dim_case') }} as cases on resolutions.case_key = cases.case_key
    where cases.is_counted
)

select * from fct_resolutions
