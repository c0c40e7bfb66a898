{{ config(materialized='incremental', incremental_strategy='replace_changed_cases') }}

-- Freezes in working-day numbers: those in (from_number, to_number] are frozen. A freeze without an
-- end lasts beyond any calendar.
with freezes as (
    select
        freezes.council,
        freezes.case_key,
        freezes.stage,
        freezes.frozen_from,
        case when freezes.frozen_to <= councils.as_at_date then freezes.frozen_to end as frozen_to
    from {{ ref('stg_freezes') }} as freezes
    inner join {{ ref('int_changed_cases') }} as changed on freezes.case_key = changed.case_key
    inner join {{ ref('int_councils') }} as councils on freezes.council = councils.council
    where freezes.is_current
),

-- A freeze covers the days after day_before up to last_frozen_day.
with_days as (
    select
        *,
        cast({{ dbt.dateadd('day', -1, 'frozen_from') }} as date) as day_before,
        cast({{ dbt.dateadd('day', -1, 'frozen_to') }} as date) as last_frozen_day
    from freezes
),

int_freezes as (
    select
        with_days.council,
        with_days.case_key,
        with_days.stage,
        with_days.frozen_from,
        with_days.frozen_to,
        with_days.frozen_to is null as is_open,
        days_before.working_day_number as from_number,
        case when with_days.frozen_to is null then 1000000 else last_days.working_day_number end as to_number
    from with_days
    left join {{ ref('int_calendar') }} as days_before
        on with_days.council = days_before.council and with_days.day_before = days_before.date_day
    left join {{ ref('int_calendar') }} as last_days
        on with_days.council = last_days.council and with_days.last_frozen_day = last_days.date_day
)

select * from int_freezes
