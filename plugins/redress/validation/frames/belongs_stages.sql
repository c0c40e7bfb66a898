-- One row per stage of tonight: is its case in force, and the stage before it not held back? A stage is held when
-- a version of it arrived, none is good and none is loaded. Where a bad update leaves an older case or stage in
-- force, stage n+1 also waits if S02 would fail beside what stays in force. A missing stage n is S02's.
with the_rows as (
    select
        stages.row_id,
        stages.case_ref,
        stages.stage,
        stages.responded_date is not null as is_answered,
        cases.case_ref is not null as has_case,
        coalesce(cases.received_date < settings.records_begin, false)
            or list_has_any(
                string_split(coalesce(cases.tags, ''), ';'), ['early_escalation', 'earlier_stage_elsewhere']
            ) as is_exempt,
        cases.case_ref is not null and faults.row_id is null as may_be_good,
        coalesce(faults.has_s02, false) as is_left_to_s02
    from rules.rows_stages as stages
    cross join rules.settings as settings
    left join rules.cases_in_force as cases
        on stages.case_ref = cases.case_ref
    left join (
        select
            row_id,
            bool_or(rule = 'S02') as has_s02
        from failures
        where entity = 'stages' and severity = 'critical'
        group by row_id
    ) as faults
        on stages.row_id = faults.row_id
),

loaded_stages as (
    select
        case_ref,
        stage,
        responded_date is not null as is_answered
    from loaded.stages
    where case_ref in (select case_ref from the_rows)
),

stage_1 as (
    select
        arrived.case_ref,
        bool_or(arrived.may_be_good) or count(earlier.case_ref) > 0 as is_in_force,
        case
            when bool_or(arrived.may_be_good) then bool_or(arrived.may_be_good and arrived.is_answered)
            else coalesce(bool_or(earlier.is_answered), false)
        end as is_answered
    from the_rows as arrived
    left join loaded_stages as earlier
        on arrived.case_ref = earlier.case_ref and arrived.stage = earlier.stage
    where arrived.stage = 1
    group by arrived.case_ref
),

stage_2_rows as (
    select
        the_rows.*,
        the_rows.has_case
        and coalesce(stage_1.is_in_force, true)
        and (
            the_rows.is_left_to_s02
            or the_rows.is_exempt
            or coalesce(stage_1.is_answered, earlier.is_answered, false)
        ) as belongs
    from the_rows
    left join stage_1
        on the_rows.case_ref = stage_1.case_ref
    left join loaded_stages as earlier
        on the_rows.case_ref = earlier.case_ref and earlier.stage = 1
    where the_rows.stage = 2
),

stage_2 as (
    select
        arrived.case_ref,
        bool_or(arrived.may_be_good and arrived.belongs) or count(earlier.case_ref) > 0 as is_in_force,
        case
            when bool_or(arrived.may_be_good and arrived.belongs)
                then bool_or(arrived.may_be_good and arrived.belongs and arrived.is_answered)
            else coalesce(bool_or(earlier.is_answered), false)
        end as is_answered
    from stage_2_rows as arrived
    left join loaded_stages as earlier
        on arrived.case_ref = earlier.case_ref and earlier.stage = 2
    group by arrived.case_ref
),

stage_3_rows as (
    select
        the_rows.row_id,
        the_rows.has_case
        and coalesce(stage_2.is_in_force, true)
        and (
            the_rows.is_left_to_s02
            or the_rows.is_exempt
            or coalesce(stage_2.is_answered, earlier.is_answered, false)
        ) as belongs
    from the_rows
    left join stage_2
        on the_rows.case_ref = stage_2.case_ref
    left join loaded_stages as earlier
        on the_rows.case_ref = earlier.case_ref and earlier.stage = 2
    where the_rows.stage = 3
)

select
    the_rows.row_id,
    case
        when the_rows.case_ref is not null
            then coalesce(stage_2_rows.belongs, stage_3_rows.belongs, the_rows.has_case)
    end as belongs_to_a_row_in_force
from the_rows
left join stage_2_rows
    on the_rows.row_id = stage_2_rows.row_id
left join stage_3_rows
    on the_rows.row_id = stage_3_rows.row_id
