-- One row per council and each of its five rules with most open issues; council is null over all councils.
select
    council,
    rule,
    count(*) as open_issues,
    count(distinct council) as councils
from issues
where state = 'open'
group by grouping sets ((rule), (council, rule))
qualify row_number() over (partition by council order by count(*) desc, rule) <= 5
order by council nulls first, open_issues desc, rule
