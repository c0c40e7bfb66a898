with versions as (
    {{ accepted_versions('stages') }}
),

stg_stages as (
    select
        council,
        record_key,
        council || '|' || case_ref as case_key,
        case_ref,
        stage,
        requested_date,
        statement_agreed_date,
        acknowledged_date,
        extension_agreed_date,
        extension_reason,
        investigation_report_date,
        panel_date,
        panel_report_date,
        responded_date,
        outcome,
        delay_reason,
        updated_at,
        version_from as valid_from,
        version_to as valid_to,
        version_to is null as is_current,
        load_number,
        extract_id
    from versions
    where operation = 'upsert'
)

select * from stg_stages
