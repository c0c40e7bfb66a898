-- One row per issue that the page Issues lists: what is open, accepted, or was resolved in the $days days up to the
-- council's night. place is the order in which they are shown at first: open ones first, of those what holds a record
-- back, then the newest. case_is spares the page a text: k where the case is the record's key, p where it is the key's
-- first part, else the case itself behind an equals sign. number is that of the acceptance (accepted_numbers, which the
-- page makes).
select
    issues.*,
    accepted_numbers.number,
    case
        when issues.case_ref is null then ''
        when issues.case_ref = issues.record_key then 'k'
        when issues.case_ref = string_split(issues.record_key, '|')[1] then 'p'
        else '=' || issues.case_ref
    end as case_is,
    row_number() over (
        order by
            case issues.state when 'open' then 1 when 'accepted' then 2 else 3 end,
            issues.severity,
            coalesce(issues.resolved_on, issues.opened_on) desc,
            issues.council_name,
            issues.rule,
            issues.case_ref,
            issues.record_key,
            issues.issue_key
    ) as place
from issues
inner join nights on issues.council = nights.council
left join accepted_numbers on issues.issue_key = accepted_numbers.issue_key and issues.state = 'accepted'
where issues.state <> 'resolved' or issues.resolved_on > nights.night - $days::integer
