-- One row per row of tonight that belongs to a case: is the case loaded, or accepted tonight?
select
    the_rows.row_id,
    case when the_rows.case_ref is not null then cases.case_ref is not null end as belongs_to_a_row_in_force
from rules.rows_{entity} as the_rows
left join rules.cases_in_force as cases
    on the_rows.case_ref = cases.case_ref
