-- One row per open clock of the council's own, most urgent first: the group it is watched in, and what is missing.
-- The time a complainant has to ask for the next stage is not the council's to keep, so it is not here.
select
    watched.council,
    nights.council_name,
    watched.case_ref,
    watched.clock,
    watched.started_date,
    watched.due_date,
    watched.working_days_left,
    coalesce(services.service_code, '') as service_code,
    coalesce(services.service_name, 'No service recorded') as service_name,
    case
        when watched.is_frozen then 'frozen'
        when watched.working_days_left is null then 'not_started'
        when watched.is_overdue then 'overdue'
        when watched.working_days_left = 0 then 'today'
        when watched.working_days_left <= 2 then 'in_2'
        when watched.working_days_left <= 5 then 'in_5'
        else 'later'
    end as urgency,
    coalesce(
        watched.is_extension_agreed and watched.extended_working_days_left between 0 and 5, false
    ) as extension_lapses,
    watched.extended_due_date,
    watched.clock = 'acknowledgement' as lacks_acknowledgement,
    watched.lacks_statement,
    held.case_ref is not null as is_held_back
from watch_list as watched
inner join nights on watched.council = nights.council
left join dim_service as services on watched.service_key = services.service_key
left join (
    select distinct council, case_ref from issues where state = 'open' and severity = 'critical'
) as held on watched.council = held.council and watched.case_ref = held.case_ref
where watched.clock not like 'request_%'
order by
    nights.council_name, watched.is_frozen, watched.working_days_left nulls last, watched.case_ref, watched.clock
