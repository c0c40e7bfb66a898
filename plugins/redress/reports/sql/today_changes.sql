-- One row per council: its issues as its newest night left them, and what that night changed.
select
    nights.council,
    nights.council_name,
    nights.night,
    nights.night_before,
    nights.is_newest,
    count(*) filter (where issues.state = 'open' and issues.is_new) as new,
    count(*) filter (where issues.state = 'open' and issues.is_new and issues.times_reopened > 0) as come_back,
    count(*) filter (where issues.state = 'open' and not issues.is_new) as still_open,
    count(*) filter (where issues.state = 'open') as open,
    count(*) filter (where nights.is_newest and issues.resolved_on = nights.night) as resolved,
    count(*) filter (where nights.is_newest and issues.resolved_on = nights.night and issues.resolution = 'corrected') as corrected,
    count(*) filter (where nights.is_newest and issues.resolved_on = nights.night and issues.resolution = 'withdrawn') as withdrawn,
    count(*) filter (where issues.state = 'accepted') as accepted,
    count(*) filter (
        where nights.is_newest and issues.state = 'accepted' and (issues.accepted_on >= nights.night_before or nights.night_before is null)
    ) as accepted_since
from nights
left join issues on nights.council = issues.council
group by nights.council, nights.council_name, nights.night, nights.night_before, nights.is_newest
order by nights.council_name
