with versions as (
    {{ accepted_versions('freezes') }}
),

stg_freezes as (
    select
        council,
        record_key,
        council || '|' || case_ref as case_key,
        case_ref,
        stage,
        frozen_from,
        frozen_to,
        reason,
        version_from as valid_from,
        version_to as valid_to,
        version_to is null as is_current,
        load_number,
        extract_id
    from versions
    where operation = 'upsert'
)

select * from stg_freezes
