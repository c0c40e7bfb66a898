-- One row per freeze or cause of tonight: is its stage (stages 1 to 3), else its case, loaded or accepted tonight?
select
    the_rows.row_id,
    case
        when the_rows.case_ref is null then null
        when the_rows.stage between 1 and 3 then cases.case_ref is not null and stages.case_ref is not null
        else cases.case_ref is not null
    end as belongs_to_a_row_in_force
from rules.rows_{entity} as the_rows
left join rules.cases_in_force as cases
    on the_rows.case_ref = cases.case_ref
left join rules.stages_in_force as stages
    on the_rows.case_ref = stages.case_ref and the_rows.stage = stages.stage
