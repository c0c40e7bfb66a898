with days as (
    select
        councils.council,
        dates.date_day,
        dates.is_working_day
        and (not councils.count_closure_days or closures.closure_date is null) as is_working_day
    from {{ ref('int_councils') }} as councils
    cross join {{ ref('dim_date') }} as dates
    left join {{ source('config', 'closure_days') }} as closures
        on councils.council = closures.council and dates.date_day = closures.closure_date
),

int_calendar as (
    select
        council,
        date_day,
        is_working_day,
        cast(
            sum(case when is_working_day then 1 else 0 end) over (
                partition by council
                order by date_day
                rows between unbounded preceding and current row
            ) as {{ dbt.type_bigint() }}
        ) as working_day_number
    from days
)

select * from int_calendar
