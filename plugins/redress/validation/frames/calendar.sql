-- One row per day from 2000 to 2030 with its running working-day number; a day off has the number of the day
-- before it. Working days as in SI 2006/1738, regulation 2, from the bank holidays of the warehouse's seed.
create table rules.calendar as
with days as (
    select cast(unnest(generate_series(date '2000-01-01', date '2030-12-31', interval 1 day)) as date) as calendar_date
),

holidays as (
    select holiday_date from read_csv($bank_holidays, types = {'holiday_date': 'date'})
)

select
    calendar_date,
    count(*) filter (
        where isodow(calendar_date) < 6 and calendar_date not in (select holiday_date from holidays)
    ) over (order by calendar_date) as working_day_number
from days
