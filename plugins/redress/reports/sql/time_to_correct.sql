-- One row per rule, per service, and per rule and service (level): how many calendar days an issue stood until it was
-- corrected. What stands has no such time yet, and what was withdrawn never gets one: both are counted beside it.
select
    case
        when grouping(spans.rule) = 1 then 'service'
        when grouping(spans.service_code) = 1 then 'rule'
        else 'both'
    end as level,
    spans.rule,
    spans.council,
    spans.service_code,
    any_value(nights.council_name) as council_name,
    coalesce(any_value(services.service_name), spans.service_code, 'No service recorded') as service_name,
    count(*) filter (where spans.resolution = 'corrected') as corrected,
    median(spans.days_open) filter (where spans.resolution = 'corrected') as median_days,
    round(avg(spans.days_open) filter (where spans.resolution = 'corrected'), 1) as mean_days,
    count(*) filter (where spans.resolution = 'withdrawn') as withdrawn,
    count(*) filter (where spans.resolved_on is null) as standing,
    max(date_diff('day', spans.opened_on, nights.night)) filter (where spans.resolved_on is null) as oldest_days
from dq_issue_spans as spans
inner join nights on spans.council = nights.council
left join services on spans.council = services.council and spans.service_code = services.service_code
group by grouping sets ((spans.rule), (spans.council, spans.service_code), (spans.rule, spans.council, spans.service_code))
order by level, spans.rule, standing desc, council_name, service_name
