{{ config(materialized='table') }}

-- Ombudsman cases may belong to no case of the council, so the table is made whole, not by case.
with stages as (
    select
        stage_key as transaction_key,
        council,
        case_key,
        case_ref,
        service_key,
        stage_key,
        case
            when record_type = 'representation' then record_type
            else 'stage' || cast(stage as {{ dbt.type_string() }})
        end as transaction_kind,
        received_date,
        extract_id
    from {{ ref('fct_stages') }}
    where record_type = 'representation' or (record_type = 'complaint' and stage > 0)
),

ombudsman as (
    select
        ombudsman_key as transaction_key,
        council,
        case_key,
        case_ref,
        service_key,
        cast(null as {{ dbt.type_string() }}) as stage_key,
        'ombudsman' as transaction_kind,
        received_date,
        extract_id
    from {{ ref('fct_ombudsman') }}
),

fct_transactions as (
    select * from stages
    union all
    select * from ombudsman
)

select * from fct_transactions
