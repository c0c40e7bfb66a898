-- One row per council that has clocks running out: how many are over, and how many have five working days or less.
select
    council,
    council_name,
    count(*) filter (where urgency = 'overdue') as overdue,
    count(*) filter (where urgency = 'today') as today,
    count(*) filter (where urgency = 'in_2') as in_2,
    count(*) filter (where urgency = 'in_5') as in_5,
    -min(working_days_left) filter (where urgency = 'overdue') as longest_overdue
from watched
where urgency in ('overdue', 'today', 'in_2', 'in_5')
group by council, council_name
order by overdue desc, today desc, in_2 desc, council_name
