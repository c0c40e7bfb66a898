with clocks as (
    select clocks.*
    from {{ ref('int_clock_days') }} as clocks
    inner join {{ ref('int_changed_cases') }} as changed on clocks.case_key = changed.case_key
),

-- While a clock is frozen nobody knows when it will be due.
fct_timeliness as (
    select
        clocks.timeliness_key,
        clocks.council,
        clocks.case_key,
        clocks.case_ref,
        clocks.service_key,
        clocks.record_type,
        clocks.clock,
        clocks.stage,
        clocks.started_date,
        clocks.ended_date,
        case when not clocks.is_frozen then clocks.due_date end as due_date,
        case when not clocks.is_frozen then clocks.extended_due_date end as extended_due_date,
        case when not clocks.is_frozen then clocks.council_due_date end as council_due_date,
        clocks.limit_days,
        clocks.extended_limit_days,
        clocks.council_limit_days,
        clocks.elapsed_working_days,
        case
            when clocks.elapsed_working_days <= clocks.limit_days then 'within_limit'
            when clocks.elapsed_working_days <= clocks.extended_limit_days then 'within_extended'
            when clocks.elapsed_working_days is not null then 'over'
        end as band,
        {{ in_time('clocks.limit_days') }} as in_time_within_limit,
        {{ in_time('coalesce(clocks.extended_limit_days, clocks.limit_days)') }} as in_time_within_extended,
        {{ in_time('clocks.agreed_limit_days') }} as in_time_agreed_extension,
        {{ in_time('clocks.council_limit_days') }} as in_time,
        clocks.is_open,
        clocks.is_frozen,
        clocks.is_extension_agreed,
        clocks.extension_agreed_date,
        clocks.extension_reason,
        clocks.delay_reason,
        clocks.extract_id
    from clocks
)

select * from fct_timeliness
