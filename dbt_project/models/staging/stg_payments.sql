with versions as (
    {{ accepted_versions('payments') }}
),

stg_payments as (
    select
        council,
        record_key,
        council || '|' || case_ref as case_key,
        payment_ref,
        case_ref,
        payment_type,
        amount,
        agreed_date,
        paid_date,
        ombudsman_recommended,
        version_from as valid_from,
        version_to as valid_to,
        version_to is null as is_current,
        load_number,
        extract_id
    from versions
    where operation = 'upsert'
)

select * from stg_payments
