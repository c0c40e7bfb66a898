-- One row per rule and week, oldest first: the issues that stood at its end, accepted ones among them. Weeks end on the
-- newest night of all; a week that ended before the first night has no number.
with weeks as (
    select newest - cast(7 * weeks_ago as integer) as week_end, weeks_ago, first_night
    from (
        select
            max(extract_date) as newest,
            min(extract_date) as first_night,
            unnest(range($weeks)) as weeks_ago
        from load_runs
    )
),

rules as (select distinct rule from expected_checks)

select
    rules.rule,
    weeks.week_end,
    case when weeks.week_end >= weeks.first_night then count(spans.span_key) end as standing
from rules
cross join weeks
left join dq_issue_spans as spans
    on rules.rule = spans.rule and spans.opened_on <= weeks.week_end
        and (spans.resolved_on is null or spans.resolved_on > weeks.week_end)
group by rules.rule, weeks.week_end, weeks.first_night
order by rules.rule, weeks.week_end
