with loads as (
    select
        *,
        council || '|' || entity || '|' || cast(load_number as {{ dbt.type_string() }}) as load_run_key
    from {{ source('quality', 'load_runs') }}
),

missed as (
    select
        council || '|' || entity || '|' || cast(extract_date as {{ dbt.type_string() }}) as load_run_key,
        council,
        entity,
        extract_date,
        entity || ': could not run. ' || reason as verdict_text
    from {{ source('quality', 'missed_runs') }}
),

load_runs as (
    select
        load_run_key,
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
    from loads

    union all

    select
        load_run_key,
        council,
        entity,
        extract_date,
        cast(null as bigint) as load_number,
        cast(null as {{ dbt.type_string() }}) as extract_id,
        cast(null as {{ dbt.type_string() }}) as extract_kind,
        cast(null as {{ dbt.type_string() }}) as source_file,
        cast(0 as bigint) as rows_landed,
        cast(0 as bigint) as rows_accepted,
        cast(0 as bigint) as rows_quarantined,
        cast(0 as bigint) as rows_unchanged,
        cast(0 as bigint) as rows_released,
        cast(0 as bigint) as rows_waiting,
        cast(0 as bigint) as rows_deleted,
        cast(0 as bigint) as rows_with_warnings,
        cast(0 as bigint) as columns_dropped,
        cast(null as bigint) as rows_with_person,
        cast(null as bigint) as persons_found,
        'could_not_run' as verdict,
        verdict_text,
        cast(0 as decimal(18, 2)) as seconds
    from missed
)

select * from load_runs
