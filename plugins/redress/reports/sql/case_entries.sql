-- One row per case at hand (cases_at_hand), in the order of the files: its entry as JSON, with its issues and the times
-- they stood, its open clocks and its records (case_records). The page's script reads it as it is.
with spans as (
    select
        issue_key,
        list(
            struct_pack(opened := opened_on, resolved := resolved_on, resolution := resolution) order by opened_on
        ) as stood
    from dq_issue_spans
    semi join cases_at_hand using (council, case_ref)
    group by issue_key
),

issues_of_case as (
    select
        cases_at_hand.place,
        list(
            struct_pack(
                issue_key := issues.issue_key,
                rule := issues.rule,
                severity := issues.severity,
                entity := issues.entity,
                record_key := issues.record_key,
                column_name := issues.column_name,
                source_place := issues.source_place,
                source_row := issues.source_row,
                letter := issues.letter,
                state := issues.state,
                first_seen := issues.first_seen,
                accepted_on := issues.accepted_on,
                accepted_by := issues.accepted_by,
                accepted_until := issues.accepted_until,
                stood := spans.stood
            )
            order by
                issues.state <> 'open', issues.severity, issues.rule, issues.entity, issues.record_key,
                issues.column_name, issues.occurrence
        ) as rows
    from issues
    inner join cases_at_hand using (council, case_ref)
    left join spans on issues.issue_key = spans.issue_key
    group by cases_at_hand.place
),

clocks_of_case as (
    select
        cases_at_hand.place,
        list(
            struct_pack(
                clock := case_clocks.clock,
                urgency := case_clocks.urgency,
                due_date := case_clocks.due_date,
                working_days_left := case_clocks.working_days_left
            )
            order by case_clocks.working_days_left
        ) as rows
    from case_clocks
    inner join cases_at_hand using (council, case_ref)
    group by cases_at_hand.place
),

records_of_case as (
    select
        place,
        list(struct_pack(entity := entity, key := record_key, versions := versions) order by position, record_key)
            as rows
    from case_records
    group by place
)

select
    cast(
        to_json(
            struct_pack(
                council := cases_at_hand.council,
                council_name := cases_at_hand.council_name,
                case_ref := cases_at_hand.case_ref,
                record_type := case_facts.record_type,
                status := case_facts.status,
                received_date := case_facts.received_date,
                closed_date := case_facts.closed_date,
                service_name := case_facts.service_name,
                issues := coalesce(issues_of_case.rows, []),
                clocks := coalesce(clocks_of_case.rows, []),
                records := coalesce(records_of_case.rows, [])
            )
        ) as varchar
    ) as entry
from cases_at_hand
left join case_facts using (council, case_ref)
left join issues_of_case using (place)
left join clocks_of_case using (place)
left join records_of_case using (place)
order by place
