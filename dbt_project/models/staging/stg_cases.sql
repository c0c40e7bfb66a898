with versions as (
    {{ accepted_versions('cases') }}
),

stg_cases as (
    select
        council,
        record_key,
        council || '|' || case_ref as case_key,
        case_ref,
        record_type,
        enquiry_source,
        received_date,
        closed_date,
        status,
        not_accepted_reason,
        contact_method,
        complainant_type,
        own_complaint,
        advocate_supported,
        service_code,
        age_band,
        gender,
        ethnicity,
        disabilities,
        sexual_orientation,
        joint_nhs,
        tags,
        updated_at,
        dob_check,
        version_from as valid_from,
        version_to as valid_to,
        version_to is null as is_current,
        load_number,
        extract_id
    from versions
    where operation = 'upsert'
)

select * from stg_cases
