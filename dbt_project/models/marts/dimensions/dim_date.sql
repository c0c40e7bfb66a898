with digits as (
    {% for digit in range(10) -%}
    select {{ digit }} as digit
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

numbers as (
    select
        ones.digit + 10 * tens.digit + 100 * hundreds.digit + 1000 * thousands.digit
        + 10000 * ten_thousands.digit as day_offset
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands
    cross join digits as ten_thousands
    where ten_thousands.digit < 2
),

days as (
    select
        day_offset,
        cast({{ dbt.dateadd('day', 'day_offset', "cast('2000-01-01' as date)") }} as date) as date_day
    from numbers
),

-- 1 January 2000 was a Saturday, so a remainder of 0 is a Saturday and of 1 a Sunday.
parts as (
    select
        date_day,
        cast(extract(year from date_day) as {{ dbt.type_bigint() }}) as calendar_year,
        cast(extract(month from date_day) as {{ dbt.type_bigint() }}) as calendar_month,
        cast({{ dbt.date_trunc('month', 'date_day') }} as date) as month_start,
        cast({{ dbt.last_day('date_day', 'month') }} as date) as month_end,
        mod(day_offset, 7) in (0, 1) as is_weekend
    from days
    where date_day <= cast('2030-12-31' as date)
),

with_holidays as (
    select
        parts.*,
        case when parts.calendar_month >= 4 then parts.calendar_year else parts.calendar_year - 1 end
            as financial_year_start,
        case
            when parts.calendar_month >= 10 then 3
            when parts.calendar_month >= 7 then 2
            when parts.calendar_month >= 4 then 1
            else 4
        end as financial_quarter_number,
        holidays.holiday_name as bank_holiday_name,
        not parts.is_weekend and holidays.holiday_date is null as is_working_day
    from parts
    left join {{ ref('bank_holidays') }} as holidays on parts.date_day = holidays.holiday_date
),

labelled as (
    select
        *,
        cast(financial_year_start as {{ dbt.type_string() }}) || '/'
        || substring(cast(financial_year_start + 1 as {{ dbt.type_string() }}), 3, 2) as financial_year
    from with_holidays
),

dim_date as (
    select
        date_day,
        calendar_year,
        calendar_month,
        month_start,
        month_end,
        date_day = month_end as is_month_end,
        financial_year,
        cast(financial_quarter_number as {{ dbt.type_bigint() }}) as financial_quarter_number,
        'Q' || cast(financial_quarter_number as {{ dbt.type_string() }}) || ' ' || financial_year
            as financial_quarter,
        is_weekend,
        bank_holiday_name is not null as is_bank_holiday,
        bank_holiday_name,
        is_working_day,
        cast(
            sum(case when is_working_day then 1 else 0 end) over (
                order by date_day
                rows between unbounded preceding and current row
            ) as {{ dbt.type_bigint() }}
        ) as working_day_number
    from labelled
)

select * from dim_date
