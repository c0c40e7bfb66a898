-- One row per freeze of tonight. A span holds the days d with frozen_from <= d < frozen_to, so one may begin on
-- the day another ends; without frozen_to it has no end. Spans that run backward say nothing here.
with spans as (
    select
        record_key,
        case_ref,
        stage,
        frozen_from,
        coalesce(frozen_to, date '9999-12-31') as frozen_to
    from rules.current_freezes
    where not is_ambiguous and coalesce(frozen_to >= frozen_from, true)
),

overlapping as (
    select
        freezes.row_id,
        count(spans.record_key) as overlapping_spans
    from rules.rows_freezes as freezes
    left join spans
        on freezes.case_ref = spans.case_ref
            and freezes.stage = spans.stage
            and freezes.frozen_from <> spans.frozen_from
            and freezes.frozen_from < spans.frozen_to
            and spans.frozen_from < coalesce(freezes.frozen_to, date '9999-12-31')
    where freezes.key_versions = 1
        and freezes.frozen_from is not null
        and coalesce(freezes.frozen_to >= freezes.frozen_from, true)
    group by freezes.row_id
)

select
    freezes.row_id,
    overlapping.overlapping_spans
from rules.rows_freezes as freezes
left join overlapping using (row_id)
