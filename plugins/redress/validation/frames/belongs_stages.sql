-- One row per stage of tonight: is its case loaded or accepted tonight, and the stage before it not held back?
-- A stage is held when a version of it arrived, none is good and none is loaded. One that never arrived is S02's.
with the_rows as (
    select
        stages.row_id,
        stages.case_ref,
        stages.stage,
        cases.case_ref is not null as has_case,
        cases.case_ref is not null and not exists (
            select 1 from failures
            where failures.entity = 'stages' and failures.severity = 'critical' and failures.row_id = stages.row_id
        ) as may_be_good
    from rules.rows_stages as stages
    left join rules.cases_in_force as cases
        on stages.case_ref = cases.case_ref
),

loaded as (
    select case_ref, stage from loaded.stages
),

held_1 as (
    select case_ref from the_rows where stage = 1 and case_ref is not null
    group by case_ref
    having not bool_or(may_be_good)
    except
    select case_ref from loaded where stage = 1
),

held_2 as (
    select case_ref from the_rows where stage = 2 and case_ref is not null
    group by case_ref
    having not bool_or(may_be_good and case_ref not in (select case_ref from held_1))
    except
    select case_ref from loaded where stage = 2
)

select
    row_id,
    case
        when case_ref is null then null
        when stage = 2 then has_case and case_ref not in (select case_ref from held_1)
        when stage = 3 then has_case and case_ref not in (select case_ref from held_2)
        else has_case
    end as belongs_to_a_row_in_force
from the_rows
