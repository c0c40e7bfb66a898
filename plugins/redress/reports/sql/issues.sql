-- One row per issue, open, accepted or resolved, with everything a person needs to find the record: the service, the
-- file, its sheet, row and column letter. night is the council's newest; state is open, accepted or resolved.
-- is_new: it appeared, came back, or ceased to be accepted since the night before. days_open runs to the night or to the day it was resolved.
with columns_at_fault as (
    select
        dq_issues.*,
        string_split(column_name, '|')[1] as first_column
    from dq_issues
)

select
    columns_at_fault.issue_key,
    columns_at_fault.council,
    nights.council_name,
    columns_at_fault.rule,
    columns_at_fault.severity,
    columns_at_fault.entity,
    columns_at_fault.record_key,
    columns_at_fault.case_ref,
    columns_at_fault.column_name,
    columns_at_fault.occurrence,
    columns_at_fault.service_code,
    coalesce(services.service_name, columns_at_fault.service_code) as service_name,
    -- The row's own part of the delivery, `book.xlsx, sheet Cases`; an extract may have been read from several.
    coalesce(
        regexp_extract(columns_at_fault.source_file, '^(.*?)(, sheet (.*))?$', 1), extracts.source_file
    ) as source_file,
    coalesce(
        nullif(regexp_extract(columns_at_fault.source_file, '^(.*?)(, sheet (.*))?$', 3), ''),
        case when columns_at_fault.source_file is null then extracts.sheet end
    ) as sheet,
    columns_at_fault.source_file as source_place,
    columns_at_fault.source_row,
    source_columns.source_column,
    source_columns.letter,
    columns_at_fault.extract_id,
    columns_at_fault.first_seen,
    columns_at_fault.opened_on,
    columns_at_fault.last_seen,
    columns_at_fault.resolved_on,
    columns_at_fault.resolution,
    columns_at_fault.times_reopened,
    columns_at_fault.is_accepted,
    columns_at_fault.accepted_on,
    columns_at_fault.accepted_until,
    columns_at_fault.accepted_by,
    case
        when columns_at_fault.resolved_on is not null then 'resolved'
        when columns_at_fault.is_accepted then 'accepted'
        else 'open'
    end as state,
    columns_at_fault.resolved_on is null
    and nights.is_newest
    and not columns_at_fault.is_accepted
    and greatest(columns_at_fault.opened_on, coalesce(columns_at_fault.acceptance_ended_on, columns_at_fault.opened_on))
        > coalesce(nights.night_before, nights.night - 1) as is_new,
    date_diff('day', columns_at_fault.opened_on, coalesce(columns_at_fault.resolved_on, nights.night)) as days_open
from columns_at_fault
inner join nights on columns_at_fault.council = nights.council
left join services
    on columns_at_fault.council = services.council and columns_at_fault.service_code = services.service_code
left join extracts
    on columns_at_fault.council = extracts.council
        and columns_at_fault.entity = extracts.entity
        and columns_at_fault.extract_id = extracts.extract_id
left join source_columns
    on columns_at_fault.council = source_columns.council
        and columns_at_fault.entity = source_columns.entity
        and columns_at_fault.extract_id = source_columns.extract_id
        and columns_at_fault.first_column = source_columns.column_name
