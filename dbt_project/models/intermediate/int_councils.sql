with loads as (
    select
        council,
        max(extract_date) as as_at_date
    from {{ source('accepted', 'loads') }}
    group by council
),

int_councils as (
    select
        loads.council,
        loads.as_at_date,
        coalesce(settings.in_time_rule, 'within_limit') as in_time_rule,
        coalesce(settings.stage2_clock_start, 'request') as stage2_clock_start,
        coalesce(settings.stage2_clock_end, 'response') as stage2_clock_end,
        coalesce(settings.acknowledgement_limit, 3) as acknowledgement_limit,
        settings.corporate_stage_1_limit,
        settings.corporate_stage_2_limit,
        settings.corporate_stage_3_limit,
        settings.records_begin,
        coalesce(settings.count_closure_days, false) as count_closure_days
    from loads
    left join {{ source('config', 'settings') }} as settings
        on loads.council = settings.council
)

select * from int_councils
