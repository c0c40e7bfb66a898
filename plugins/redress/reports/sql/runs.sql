-- One row per council, night and entity: the run that says what became of it. Of several loads of a night it is the
-- last that the entity came with. badness orders verdicts, the worst highest; landed to seconds are those of all loads
-- of the night, and held is what is held back after the last of them, whenever it came.
select
    council,
    extract_date as night,
    entity,
    verdict,
    verdict_text,
    source_file,
    rows_quarantined,
    rows_with_warnings,
    coalesce(extract_id is not null and verdict <> 'rejected', false) as is_delivered,
    case verdict
        when 'could_not_run' then 6
        when 'rejected' then 5
        when 'accepted_held_back' then 4
        when 'accepted_with_warnings' then 3
        when 'accepted' then 2
        when 'unchanged' then 1
        else 0
    end as badness,
    sum(rows_landed) over the_night as landed,
    sum(rows_accepted) over the_night as accepted,
    sum(rows_quarantined) over the_night as quarantined,
    sum(rows_unchanged) over the_night as unchanged,
    sum(rows_deleted) over the_night as removed,
    sum(seconds) over the_night as seconds,
    coalesce(arg_max(rows_quarantined + rows_waiting, load_number) over the_night, 0) as held
from load_runs
window the_night as (partition by council, extract_date, entity)
qualify
    row_number() over (
        partition by council, extract_date, entity
        order by verdict = 'not_delivered', load_number desc nulls last
    ) = 1
