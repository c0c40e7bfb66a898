{{ config(tags=['quality']) }}

select * from {{ ref('load_runs') }}
where
    coalesce(rows_landed, 0)
    <> coalesce(rows_accepted, 0) + coalesce(rows_quarantined, 0) + coalesce(rows_unchanged, 0)
