{{ config(materialized='incremental', incremental_strategy='replace_changed_cases') }}

-- Clocks counted in working-day numbers: the working days of (start, end] are the difference of two
-- numbers, and a due date is the day that bears the start's number plus the limit.
with clocks as (
    select
        clocks.*,
        councils.in_time_rule
    from {{ ref('int_clocks') }} as clocks
    inner join {{ ref('int_changed_cases') }} as changed on clocks.case_key = changed.case_key
    inner join {{ ref('int_councils') }} as councils on clocks.council = councils.council
),

numbered as (
    select
        clocks.*,
        starts.working_day_number as start_number,
        ends.working_day_number as measured_number,
        extensions.working_day_number as extension_number
    from clocks
    left join {{ ref('int_calendar') }} as starts
        on clocks.council = starts.council and clocks.started_date = starts.date_day
    left join {{ ref('int_calendar') }} as ends
        on clocks.council = ends.council and clocks.measured_date = ends.date_day
    left join {{ ref('int_calendar') }} as extensions
        on clocks.council = extensions.council and clocks.extension_agreed_date = extensions.date_day
),

-- The part of each freeze that lies after the start. A freeze stops the clocks of its own stage, not
-- the request clocks.
freezes as (
    select
        numbered.case_key,
        numbered.clock,
        numbered.start_number,
        numbered.measured_number,
        numbered.extension_number,
        numbered.limit_days,
        numbered.extended_limit_days,
        freezes.frozen_from,
        freezes.is_open,
        greatest(freezes.from_number, numbered.start_number) as from_number,
        greatest(freezes.to_number, numbered.start_number) as to_number
    from numbered
    inner join {{ ref('int_freezes') }} as freezes
        on numbered.case_key = freezes.case_key and numbered.stage = freezes.stage
    where numbered.is_own_clock
),

-- A due date moves only by the freezes that began before it: while fewer days than the limit had
-- counted.
with_count_before as (
    select
        *,
        from_number - start_number - coalesce(
            sum(to_number - from_number) over (
                partition by case_key, clock
                order by frozen_from
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as counted_before
    from freezes
),

frozen as (
    select
        case_key,
        clock,
        max(case when is_open then 1 else 0 end) = 1 as has_open_freeze,
        sum(greatest(least(to_number, measured_number) - from_number, 0)) as frozen_days,
        sum(greatest(least(to_number, extension_number) - from_number, 0)) as frozen_to_extension,
        sum(case when counted_before < limit_days then to_number - from_number else 0 end) as limit_moved,
        sum(case when counted_before < extended_limit_days then to_number - from_number else 0 end)
            as extended_limit_moved
    from with_count_before
    group by case_key, clock
),

counted as (
    select
        numbered.*,
        coalesce(frozen.has_open_freeze, false) and numbered.is_live as is_frozen,
        numbered.measured_number - numbered.start_number - coalesce(frozen.frozen_days, 0) as elapsed_days,
        coalesce(
            numbered.extension_number - numbered.start_number - coalesce(frozen.frozen_to_extension, 0)
            <= numbered.limit_days
            and numbered.extended_limit_days is not null,
            false
        ) as is_extension_agreed,
        numbered.start_number + numbered.limit_days + coalesce(frozen.limit_moved, 0) as due_number,
        numbered.start_number + numbered.extended_limit_days + coalesce(frozen.extended_limit_moved, 0)
            as extended_due_number
    from numbered
    left join frozen on numbered.case_key = frozen.case_key and numbered.clock = frozen.clock
),

-- A request that nobody made lapses at its limit.
ruled as (
    select
        *,
        is_live and not is_own_clock and elapsed_days > limit_days as is_lapsed,
        case in_time_rule
            when 'within_extended' then extended_limit_days is not null
            when 'agreed_extension' then is_extension_agreed
            else false
        end as is_extended_by_council_rule
    from counted
),

working_days as (
    select
        council,
        working_day_number,
        date_day
    from {{ ref('int_calendar') }}
    where is_working_day
),

int_clock_days as (
    select
        ruled.timeliness_key,
        ruled.council,
        ruled.case_key,
        ruled.case_ref,
        ruled.service_key,
        ruled.record_type,
        ruled.clock,
        ruled.stage,
        ruled.is_own_clock,
        ruled.waiting_from,
        ruled.started_date,
        ruled.ended_date,
        ruled.stopped_date,
        ruled.limit_days,
        ruled.extended_limit_days,
        case when ruled.is_extension_agreed then ruled.extended_limit_days else ruled.limit_days end
            as agreed_limit_days,
        case
            when ruled.is_extended_by_council_rule then ruled.extended_limit_days else ruled.limit_days
        end as council_limit_days,
        cast(case when not ruled.is_lapsed then ruled.elapsed_days end as {{ dbt.type_bigint() }})
            as elapsed_working_days,
        due_days.date_day as due_date,
        extended_due_days.date_day as extended_due_date,
        case
            when ruled.is_extended_by_council_rule then extended_due_days.date_day else due_days.date_day
        end as council_due_date,
        cast(
            case
                when ruled.is_extended_by_council_rule then ruled.extended_due_number
                else ruled.due_number
            end as {{ dbt.type_bigint() }}
        ) as council_due_number,
        ruled.is_extension_agreed,
        ruled.extension_agreed_date,
        ruled.extension_reason,
        ruled.delay_reason,
        ruled.is_live and not ruled.is_lapsed as is_open,
        ruled.is_frozen,
        ruled.is_lapsed,
        ruled.is_without_answer,
        ruled.extract_id
    from ruled
    left join working_days as due_days
        on ruled.council = due_days.council and ruled.due_number = due_days.working_day_number
    left join working_days as extended_due_days
        on
            ruled.council = extended_due_days.council
            and ruled.extended_due_number = extended_due_days.working_day_number
)

select * from int_clock_days
