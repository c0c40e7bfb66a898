with versions as (
    {{ accepted_versions('activity') }}
),

stg_activity as (
    select
        council,
        record_key,
        measure,
        period_from,
        as_at_date,
        service_code,
        characteristic,
        member,
        unit,
        value,
        version_from as valid_from,
        version_to as valid_to,
        version_to is null as is_current,
        load_number,
        extract_id
    from versions
    where operation = 'upsert'
)

select * from stg_activity
