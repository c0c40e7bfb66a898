with received as (
    select received.*
    from {{ ref('fct_received') }} as received
    inner join {{ ref('int_changed_cases') }} as changed on received.case_key = changed.case_key
),

-- A statutory stage 3 has three clocks; its time is kept when all three are.
clocks as (
    select
        case_key,
        stage,
        max(case when clock in ('stage_1', 'stage_2') then band end) as band,
        max(case when clock in ('stage_1', 'stage_2') then elapsed_working_days end) as elapsed_working_days,
        max(delay_reason) as delay_reason,
        {{ all_clocks_in_time('in_time') }} as in_time,
        {{ all_clocks_in_time('in_time_within_limit') }} as in_time_within_limit,
        {{ all_clocks_in_time('in_time_within_extended') }} as in_time_within_extended,
        {{ all_clocks_in_time('in_time_agreed_extension') }} as in_time_agreed_extension
    from {{ ref('fct_timeliness') }}
    where clock in ('stage_1', 'stage_2', 'stage_3_panel', 'stage_3_report', 'stage_3_response')
    group by case_key, stage
),

answers as (
    select
        case_key,
        stage,
        outcome_date,
        outcome
    from {{ ref('fct_outcomes') }}
    where route = 'stage_' || cast(stage as {{ dbt.type_string() }})
),

accepted_resolutions as (
    select distinct case_key
    from {{ ref('fct_resolutions') }}
    where accepted
),

fct_stages as (
    select
        received.received_key as stage_key,
        received.council,
        received.case_key,
        received.case_ref,
        received.service_key,
        received.record_type,
        received.stage,
        received.received_date,
        answers.outcome_date as responded_date,
        answers.outcome,
        escalations.next_stage_requested_date,
        escalations.escalated,
        clocks.band,
        clocks.elapsed_working_days,
        clocks.delay_reason,
        clocks.in_time,
        clocks.in_time_within_limit,
        clocks.in_time_within_extended,
        clocks.in_time_agreed_extension,
        accepted_resolutions.case_key is not null as has_accepted_resolution,
        received.extract_id
    from received
    left join clocks on received.case_key = clocks.case_key and received.stage = clocks.stage
    left join answers on received.case_key = answers.case_key and received.stage = answers.stage
    left join {{ ref('fct_escalation') }} as escalations
        on received.case_key = escalations.case_key and received.stage = escalations.stage
    left join accepted_resolutions on received.case_key = accepted_resolutions.case_key
)

select * from fct_stages
