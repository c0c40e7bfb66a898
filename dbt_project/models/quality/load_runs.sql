with load_runs as (
    select
        council || '|' || entity || '|' || cast(load_number as {{ dbt.type_string() }}) as load_run_key,
        council,
        entity,
        extract_date,
        load_number,
        extract_id,
        extract_kind,
        source_file,
        rows_landed,
        rows_accepted,
        rows_quarantined,
        rows_unchanged,
        rows_released,
        rows_waiting,
        rows_deleted,
        rows_with_warnings,
        columns_dropped,
        rows_with_person,
        persons_found,
        verdict,
        verdict_text,
        cast(seconds as decimal(18, 2)) as seconds
    from {{ source('quality', 'load_runs') }}
)

select * from load_runs
