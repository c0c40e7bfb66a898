{{ config(materialized='table') }}

with ombudsman as (
    select * from {{ ref('stg_ombudsman') }}
    where is_current
),

fct_ombudsman as (
    select
        ombudsman.council || '|' || ombudsman.ombudsman_ref as ombudsman_key,
        ombudsman.council,
        cases.case_key,
        ombudsman.case_ref,
        coalesce(services.service_key, cases.service_key) as service_key,
        cases.record_type,
        ombudsman.ombudsman_ref,
        ombudsman.received_date,
        ombudsman.decided_date,
        ombudsman.investigation_started_date,
        ombudsman.response_due_date,
        ombudsman.responded_date,
        ombudsman.decision,
        ombudsman.pursued,
        ombudsman.remedies,
        ombudsman.remedy_due_date,
        ombudsman.remedy_completed_date,
        ombudsman.extract_id
    from ombudsman
    left join {{ ref('dim_case') }} as cases on ombudsman.case_key = cases.case_key
    left join {{ ref('int_service_history') }} as services
        on
            ombudsman.council = services.council
            and ombudsman.service_code = services.service_code
            and ombudsman.received_date between services.match_from and services.match_to
    -- The Ombudsman may record what the council has no case of; a duplicate's row does not count.
    where ombudsman.case_ref is null or cases.is_counted
)

select * from fct_ombudsman
