-- Brought forward + received = concluded + carried forward, for each council and month up to the last
-- month end it has loaded.
with months as (
    select
        councils.council,
        dates.month_end
    from {{ ref('int_councils') }} as councils
    inner join {{ ref('dim_date') }} as dates
        on councils.as_at_date >= dates.date_day and dates.is_month_end
),

received_cases as (
    select distinct
        council,
        case_key
    from {{ ref('fct_received') }}
),

received as (
    select
        counted.council,
        dates.month_end,
        count(*) as cases
    from received_cases as counted
    inner join {{ ref('dim_case') }} as cases on counted.case_key = cases.case_key
    inner join {{ ref('dim_date') }} as dates on cases.received_date = dates.date_day
    group by counted.council, dates.month_end
),

concluded as (
    select
        outcomes.council,
        dates.month_end,
        count(*) as cases
    from {{ ref('fct_outcomes') }} as outcomes
    inner join {{ ref('dim_date') }} as dates on outcomes.concluded_date = dates.date_day
    where outcomes.is_final
    group by outcomes.council, dates.month_end
),

carried as (
    select
        council,
        as_at_date as month_end,
        count(*) as cases
    from {{ ref('fct_open') }}
    group by council, as_at_date
),

balances as (
    select
        months.council,
        months.month_end,
        coalesce(received.cases, 0) as received,
        coalesce(concluded.cases, 0) as concluded,
        coalesce(carried.cases, 0) as carried_forward,
        coalesce(
            lag(coalesce(carried.cases, 0)) over (partition by months.council order by months.month_end), 0
        ) as brought_forward
    from months
    left join received on months.council = received.council and months.month_end = received.month_end
    left join concluded on months.council = concluded.council and months.month_end = concluded.month_end
    left join carried on months.council = carried.council and months.month_end = carried.month_end
)

select * from balances
where brought_forward + received <> concluded + carried_forward
