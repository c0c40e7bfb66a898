with versions as (
    {{ accepted_versions('actions') }}
),

stg_actions as (
    select
        council,
        record_key,
        council || '|' || case_ref as case_key,
        action_ref,
        case_ref,
        scope,
        action_type,
        service_code,
        agreed_date,
        due_date,
        completed_date,
        version_from as valid_from,
        version_to as valid_to,
        version_to is null as is_current,
        load_number,
        extract_id
    from versions
    where operation = 'upsert'
)

select * from stg_actions
