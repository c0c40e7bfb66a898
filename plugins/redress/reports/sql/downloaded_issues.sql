-- One row per issue of a list to send on, in the order of its columns; the texts of the rule are put in by Python.
select
    rule,
    case severity when 'critical' then 'held back' else severity end as effect,
    service_name,
    service_code,
    case_ref,
    entity,
    replace(record_key, '|', ' | ') as record_key,
    replace(column_name, '|', ', ') as column_name,
    source_column,
    source_file,
    sheet,
    source_row,
    letter,
    first_seen,
    opened_on,
    days_open,
    times_reopened
from issues
