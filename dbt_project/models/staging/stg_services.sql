with versions as (
    {{ accepted_versions('services') }}
),

stg_services as (
    select
        council,
        record_key,
        service_code,
        service_name,
        parent_code,
        valid_from as service_from,
        valid_to as service_to,
        successor_code,
        version_from as valid_from,
        version_to as valid_to,
        version_to is null as is_current,
        load_number,
        extract_id
    from versions
    where operation = 'upsert'
)

select * from stg_services
