{{ config(materialized='incremental', incremental_strategy='replace_changed_cases') }}

with stages as (
    select
        cases.council,
        cases.case_key,
        cases.case_ref,
        cases.service_key,
        cases.record_type,
        cases.status,
        cases.received_date as case_received_date,
        cases.concluded_date,
        stages.stage,
        stages.requested_date,
        stages.statement_agreed_date,
        stages.acknowledged_date,
        stages.extension_agreed_date,
        stages.extension_reason,
        stages.investigation_report_date,
        stages.panel_date,
        stages.panel_report_date,
        stages.responded_date,
        stages.outcome,
        stages.delay_reason,
        stages.extract_id
    from {{ ref('stg_stages') }} as stages
    inner join {{ ref('int_changed_cases') }} as changed on stages.case_key = changed.case_key
    inner join {{ ref('dim_case') }} as cases on stages.case_key = cases.case_key
    where stages.is_current and cases.is_counted
),

int_stages as (
    select
        stages.*,
        next_stages.requested_date as next_requested_date,
        stages.responded_date is not null and coalesce(stages.outcome, 'undecided') <> 'withdrawn'
            as is_answered,
        coalesce(stages.outcome, 'undecided') = 'withdrawn' as is_withdrawn,
        stages.responded_date is null
        and coalesce(stages.outcome, 'undecided') <> 'withdrawn'
        and stages.status in ('open', 'frozen') as is_running
    from stages
    left join stages as next_stages
        on stages.case_key = next_stages.case_key and stages.stage + 1 = next_stages.stage
)

select * from int_stages
