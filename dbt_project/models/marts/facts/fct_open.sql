with cases as (
    select
        cases.*,
        councils.as_at_date
    from {{ ref('dim_case') }} as cases
    inner join {{ ref('int_changed_cases') }} as changed on cases.case_key = changed.case_key
    inner join {{ ref('int_councils') }} as councils on cases.council = councils.council
    where cases.is_counted
),

month_ends as (
    select
        calendar.council,
        calendar.date_day,
        calendar.working_day_number
    from {{ ref('int_calendar') }} as calendar
    inner join {{ ref('dim_date') }} as dates on calendar.date_day = dates.date_day
    where dates.is_month_end
),

open_months as (
    select
        cases.council,
        cases.case_key,
        cases.case_ref,
        cases.service_key,
        cases.record_type,
        cases.received_date,
        cases.extract_id,
        month_ends.date_day as as_at_date,
        month_ends.working_day_number
    from cases
    inner join month_ends
        on
            cases.council = month_ends.council
            and cases.received_date <= month_ends.date_day
            and cases.as_at_date >= month_ends.date_day
            and (cases.concluded_date is null or cases.concluded_date > month_ends.date_day)
),

clocks as (
    select
        clocks.case_key,
        clocks.clock,
        clocks.stage,
        clocks.is_own_clock,
        clocks.waiting_from,
        clocks.stopped_date,
        clocks.council_due_number,
        case
            when clocks.clock = 'acknowledgement' then 1
            when clocks.is_own_clock then 3
            else 2
        end as importance
    from {{ ref('int_clock_days') }} as clocks
    inner join cases on clocks.case_key = cases.case_key
    where clocks.is_open or clocks.is_lapsed or clocks.stopped_date is not null
),

-- Of the clocks that ran on the day the one of the latest stage; a request clock or the
-- acknowledgement only where no stage was running.
running as (
    select
        open_months.case_key,
        open_months.as_at_date,
        open_months.working_day_number,
        clocks.clock,
        clocks.stage,
        clocks.is_own_clock,
        clocks.council_due_number,
        row_number() over (
            partition by open_months.case_key, open_months.as_at_date
            order by clocks.importance desc, clocks.stage desc, clocks.waiting_from desc, clocks.clock asc
        ) as choice
    from open_months
    inner join clocks
        on
            open_months.case_key = clocks.case_key
            and open_months.as_at_date >= clocks.waiting_from
            and (clocks.stopped_date is null or open_months.as_at_date < clocks.stopped_date)
            and (clocks.is_own_clock or open_months.working_day_number <= clocks.council_due_number)
),

frozen as (
    select distinct
        running.case_key,
        running.as_at_date
    from running
    inner join {{ ref('int_freezes') }} as freezes
        on
            running.case_key = freezes.case_key
            and running.stage = freezes.stage
            and running.as_at_date >= freezes.frozen_from
            and (freezes.frozen_to is null or running.as_at_date < freezes.frozen_to)
    where running.choice = 1 and running.is_own_clock
),

-- Days frozen after the due date do not count either; those before it have moved the due date.
frozen_since_due as (
    select
        running.case_key,
        running.as_at_date,
        sum(
            greatest(
                least(freezes.to_number, running.working_day_number)
                - greatest(freezes.from_number, running.council_due_number),
                0
            )
        ) as frozen_days
    from running
    inner join {{ ref('int_freezes') }} as freezes
        on running.case_key = freezes.case_key and running.stage = freezes.stage
    where running.choice = 1 and running.is_own_clock and running.council_due_number is not null
    group by running.case_key, running.as_at_date
),

fct_open as (
    select
        open_months.case_key || '|' || cast(open_months.as_at_date as {{ dbt.type_string() }}) as open_key,
        open_months.council,
        open_months.case_key,
        open_months.case_ref,
        open_months.service_key,
        open_months.record_type,
        open_months.as_at_date,
        open_months.received_date,
        running.clock,
        case
            when running.clock is not null
                then
                    frozen.case_key is null
                    and coalesce(
                        open_months.working_day_number - coalesce(frozen_since_due.frozen_days, 0)
                        > running.council_due_number,
                        false
                    )
        end as is_overdue,
        frozen.case_key is not null as is_frozen,
        open_months.extract_id
    from open_months
    left join running
        on
            open_months.case_key = running.case_key
            and open_months.as_at_date = running.as_at_date
            and running.choice = 1
    left join frozen
        on open_months.case_key = frozen.case_key and open_months.as_at_date = frozen.as_at_date
    left join frozen_since_due
        on
            open_months.case_key = frozen_since_due.case_key
            and open_months.as_at_date = frozen_since_due.as_at_date
)

select * from fct_open
