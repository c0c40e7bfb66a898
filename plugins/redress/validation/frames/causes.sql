-- One row per cause of tonight, with the number of main causes of its case and stage.
with main_causes as (
    select
        case_ref,
        stage,
        count(*) as main_causes,
        string_agg(element, ';' order by element) as main_elements
    from rules.current_causes
    where is_main
    group by case_ref, stage
)

select
    causes.row_id,
    case when causes.is_main then main_causes.main_causes end as main_causes,
    -- which causes S09 means: for looks_at
    main_causes.main_elements
from rules.rows_causes as causes
left join main_causes
    on causes.case_ref = main_causes.case_ref and causes.stage = main_causes.stage
