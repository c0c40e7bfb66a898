{{ config(tags=['quality']) }}

select
    load_run_key,
    rows_landed,
    rows_accepted,
    rows_quarantined,
    rows_unchanged
from {{ ref('load_runs') }}
where
    coalesce(rows_landed, 0)
    <> coalesce(rows_accepted, 0) + coalesce(rows_quarantined, 0) + coalesce(rows_unchanged, 0)
