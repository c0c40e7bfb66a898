{{ config(materialized='table') }}

with month_ends as (
    select
        councils.council,
        dates.date_day
    from {{ ref('int_councils') }} as councils
    inner join {{ ref('dim_date') }} as dates on councils.as_at_date >= dates.date_day
    where dates.is_month_end
),

fct_ombudsman_open as (
    select
        ombudsman.ombudsman_key || '|' || cast(month_ends.date_day as {{ dbt.type_string() }})
            as ombudsman_open_key,
        ombudsman.council,
        ombudsman.case_key,
        ombudsman.case_ref,
        ombudsman.service_key,
        ombudsman.ombudsman_key,
        month_ends.date_day as as_at_date,
        ombudsman.extract_id
    from {{ ref('fct_ombudsman') }} as ombudsman
    inner join month_ends
        on
            ombudsman.council = month_ends.council
            and ombudsman.received_date <= month_ends.date_day
            and (ombudsman.decided_date is null or ombudsman.decided_date > month_ends.date_day)
)

select * from fct_ombudsman_open
