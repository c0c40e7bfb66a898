-- One row per issue of the cases wanted (wanted_cases), with the times it stood, oldest first.
select
    issues.council,
    issues.case_ref,
    issues.issue_key,
    issues.rule,
    issues.severity,
    issues.entity,
    issues.record_key,
    issues.column_name,
    issues.source_place,
    issues.source_row,
    issues.letter,
    issues.state,
    issues.first_seen,
    issues.accepted_on,
    issues.accepted_by,
    issues.accepted_until,
    spans.stood
from issues
inner join wanted_cases using (council, case_ref)
left join (
    select
        issue_key,
        list(
            struct_pack(opened := opened_on, resolved := resolved_on, resolution := resolution) order by opened_on
        ) as stood
    from dq_issue_spans
    group by issue_key
) as spans on issues.issue_key = spans.issue_key
order by issues.state <> 'open', issues.severity, issues.rule, issues.entity, issues.record_key, issues.column_name
