{{ config(materialized='incremental', incremental_strategy='replace_changed_cases') }}

-- The clocks and their limits are those of SI 2006/1738 and its guidance.
with stages as (
    select
        stages.*,
        councils.as_at_date,
        councils.acknowledgement_limit,
        stages.record_type = 'complaint' as is_statutory,
        stages.status in ('open', 'frozen') as is_case_open,
        case
            when stages.record_type = 'complaint' and councils.stage2_clock_start = 'statement'
                then stages.statement_agreed_date
            else stages.requested_date
        end as stage2_started_date,
        case
            when stages.record_type = 'complaint' and councils.stage2_clock_end = 'report'
                then coalesce(stages.investigation_report_date, stages.responded_date)
            else stages.responded_date
        end as stage2_ended_date,
        case when stages.panel_date <= councils.as_at_date then stages.panel_date end as panel_met_date,
        case
            when stages.acknowledged_date <= stages.responded_date then stages.acknowledged_date
            else coalesce(stages.responded_date, stages.acknowledged_date)
        end as acknowledgement_ended_date,
        case
            when stages.record_type = 'complaint' then 10
            else councils.corporate_stage_1_limit
        end as stage_1_limit,
        case
            when stages.record_type = 'complaint' then 25
            else councils.corporate_stage_2_limit
        end as stage_2_limit,
        councils.corporate_stage_3_limit
    from {{ ref('int_stages') }} as stages
    inner join {{ ref('int_changed_cases') }} as changed on stages.case_key = changed.case_key
    inner join {{ ref('int_councils') }} as councils on stages.council = councils.council
),

started as (
    select
        stages.*,
        'acknowledgement' as clock,
        stages.stage as clock_stage,
        true as is_own_clock,
        stages.requested_date as started_date,
        stages.acknowledgement_ended_date as ended_date,
        stages.acknowledgement_limit as limit_days,
        cast(null as {{ dbt.type_bigint() }}) as extended_limit_days
    from stages
    where stages.stage = 1 and stages.stage_1_limit is not null
    union all
    select
        stages.*,
        'stage_1' as clock,
        stages.stage as clock_stage,
        true as is_own_clock,
        stages.requested_date as started_date,
        stages.responded_date as ended_date,
        stages.stage_1_limit as limit_days,
        case when stages.is_statutory then 20 end as extended_limit_days
    from stages
    where stages.stage = 1 and stages.stage_1_limit is not null
    union all
    select
        stages.*,
        'request_stage_' || cast(stages.stage + 1 as {{ dbt.type_string() }}) as clock,
        stages.stage + 1 as clock_stage,
        false as is_own_clock,
        stages.responded_date as started_date,
        stages.next_requested_date as ended_date,
        20 as limit_days,
        null as extended_limit_days
    from stages
    -- A next stage asked for before the answer had no such clock: none had started.
    where
        stages.stage in (1, 2)
        and stages.is_statutory
        and stages.is_answered
        and (stages.next_requested_date is null or stages.next_requested_date >= stages.responded_date)
    union all
    select
        stages.*,
        'stage_2' as clock,
        stages.stage as clock_stage,
        true as is_own_clock,
        stages.stage2_started_date as started_date,
        stages.stage2_ended_date as ended_date,
        stages.stage_2_limit as limit_days,
        case when stages.is_statutory then 65 end as extended_limit_days
    from stages
    where stages.stage = 2 and stages.stage_2_limit is not null
    union all
    select
        stages.*,
        'stage_3_panel' as clock,
        stages.stage as clock_stage,
        true as is_own_clock,
        stages.requested_date as started_date,
        stages.panel_met_date as ended_date,
        30 as limit_days,
        null as extended_limit_days
    from stages
    where stages.stage = 3 and stages.is_statutory
    union all
    select
        stages.*,
        'stage_3_report' as clock,
        stages.stage as clock_stage,
        true as is_own_clock,
        stages.panel_met_date as started_date,
        stages.panel_report_date as ended_date,
        5 as limit_days,
        null as extended_limit_days
    from stages
    where stages.stage = 3 and stages.is_statutory and stages.panel_met_date is not null
    union all
    -- The council's own procedure has no panel: its third stage runs from request to answer.
    select
        stages.*,
        'stage_3_response' as clock,
        stages.stage as clock_stage,
        true as is_own_clock,
        case when stages.is_statutory then stages.panel_report_date else stages.requested_date end
            as started_date,
        stages.responded_date as ended_date,
        case when stages.is_statutory then 15 else stages.corporate_stage_3_limit end as limit_days,
        null as extended_limit_days
    from stages
    where
        stages.stage = 3
        and (
            (stages.is_statutory and stages.panel_report_date is not null)
            or (not stages.is_statutory and stages.corporate_stage_3_limit is not null)
        )
),

-- A clock that has not ended runs to the extract date while its stage waits for an answer (a request
-- clock: while its case is open). An end before its start is invalid data and is not measured.
running as (
    select
        *,
        ended_date is null
        and case when is_own_clock then is_running else is_case_open end as is_live
    from started
),

int_clocks as (
    select
        case_key || '|' || clock as timeliness_key,
        council,
        case_key,
        case_ref,
        service_key,
        record_type,
        clock,
        cast(clock_stage as {{ dbt.type_bigint() }}) as stage,
        is_own_clock,
        case when clock = 'stage_2' then requested_date else started_date end as waiting_from,
        started_date,
        ended_date,
        case
            when ended_date is not null then ended_date
            when is_own_clock then coalesce(responded_date, concluded_date)
            else concluded_date
        end as stopped_date,
        case
            when ended_date >= started_date then ended_date
            when is_live then as_at_date
        end as measured_date,
        cast(limit_days as {{ dbt.type_bigint() }}) as limit_days,
        cast(extended_limit_days as {{ dbt.type_bigint() }}) as extended_limit_days,
        extension_agreed_date,
        extension_reason,
        delay_reason,
        is_live,
        is_own_clock and not is_answered and not is_running as is_without_answer,
        extract_id
    from running
)

select * from int_clocks
