-- Counts of working days and views over the CSV files of a drop, for test_records.py: {drop}, {holidays} and
-- {services} are files. Every view has council, year and quarter: those of the day its rows are counted by.
create table days as
select
    day,
    count(*) filter (where isodow(day) < 6 and holiday_date is null) over (order by day) as number,
    case when month(day) < 4 then year(day) - 1 else year(day) end as starts
from (select unnest(generate_series(date '2013-01-01', date '2021-03-31', interval 1 day))::date as day) as span
left join read_csv('{holidays}') on holiday_date = day;

create view calendar as
select
    day,
    number,
    starts || '/' || right(cast(starts + 1 as varchar), 2) as year,
    'Q' || ((month(day) + 8) // 3 % 4 + 1) || ' ' || starts || '/' || right(cast(starts + 1 as varchar), 2) as quarter
from days;

create view areas_above as
with recursive up as (
    select council, service_code, service_code as area, parent_code from read_csv('{services}')
    union all
    select up.council, up.service_code, above.service_code, above.parent_code
    from up join read_csv('{services}') as above on above.council = up.council and above.service_code = up.parent_code
)
select council, service_code, list(area) as areas from up group by council, service_code;

create view people as
select
    cases.*,
    areas,
    causes,
    coalesce(own_complaint, complainant_type in ('child_or_young_person', 'care_leaver'), false) as young,
    date_diff('year', date_of_birth, received_date)
        - (strftime(date_of_birth, '%m%d') > strftime(received_date, '%m%d'))::int as age,
    exists (from stages where stages.council = cases.council and stages.case_ref = cases.case_ref) as has_stage
from cases
left join areas_above using (council, service_code)
left join (select council, case_ref, list(cause) as causes from causes where stage < 2 group by all)
    using (council, case_ref);

create view contacts as
select people.*, year, quarter from people join calendar on day = received_date
where record_type in ('complaint', 'representation');

create view complaints as select * from contacts where record_type = 'complaint';

create view concluded as
select people.*, year, quarter from people join calendar on day = closed_date
where record_type = 'complaint' and status <> 'not_accepted';

create view enquiries as
select people.*, year, quarter from people join calendar on day = received_date where record_type = 'enquiry';

create view compliments as
select people.*, year, quarter from people join calendar on day = received_date where record_type = 'compliment';

create view referrals as
select ombudsman.*, year, quarter from ombudsman join calendar on day = received_date;

create view courses as
select
    people.* exclude (updated_at),
    stages.* exclude (council, case_ref, updated_at),
    main_cause,
    ended.number - began.number as days
from stages
join people using (council, case_ref)
left join (select council, case_ref, stage, cause as main_cause from causes where is_main)
    using (council, case_ref, stage)
join calendar as began on began.day = requested_date
left join calendar as ended on ended.day = responded_date;

create view received_all as
select courses.*, year, quarter from courses join calendar on day = requested_date where record_type = 'complaint';

create view received_1 as select * from received_all where stage = 1;
create view received_2 as select * from received_all where stage = 2;
create view received_3 as select * from received_all where stage = 3;

create view corporate_1 as
select courses.*, year, quarter from courses join calendar on day = requested_date
where record_type = 'corporate_complaint' and stage = 1;

create view answered_1 as
select courses.*, year, quarter from courses join calendar on day = responded_date
where record_type = 'complaint' and stage = 1;

create view answered_2 as
select courses.*, year, quarter from courses join calendar on day = responded_date
where record_type = 'complaint' and stage = 2;

create view points_answered as
select council, year, quarter, cause, finding from causes join answered_1 using (council, case_ref, stage);

create view transactions as
select council, year, quarter, 'stage' || stage as kind, service_code from received_all
union all
select council, year, quarter, record_type, service_code from contacts where record_type = 'representation'
union all
select council, year, quarter, 'ombudsman', service_code from referrals;
