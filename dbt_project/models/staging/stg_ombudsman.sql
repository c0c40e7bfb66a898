with versions as (
    {{ accepted_versions('ombudsman') }}
),

stg_ombudsman as (
    select
        council,
        record_key,
        council || '|' || case_ref as case_key,
        ombudsman_ref,
        case_ref,
        service_code,
        received_date,
        decided_date,
        investigation_started_date,
        response_due_date,
        responded_date,
        decision,
        pursued,
        remedies,
        remedy_due_date,
        remedy_completed_date,
        version_from as valid_from,
        version_to as valid_to,
        version_to is null as is_current,
        load_number,
        extract_id
    from versions
    where operation = 'upsert'
)

select * from stg_ombudsman
