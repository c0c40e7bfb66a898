with payments as (
    select payments.*
    from {{ ref('stg_payments') }} as payments
    inner join {{ ref('int_changed_cases') }} as changed on payments.case_key = changed.case_key
    where payments.is_current
),

fct_payments as (
    select
        cases.council || '|' || payments.payment_ref as payment_key,
        cases.council,
        cases.case_key,
        cases.case_ref,
        cases.service_key,
        cases.record_type,
        payments.payment_ref,
        payments.payment_type,
        payments.amount,
        payments.agreed_date,
        payments.paid_date,
        payments.ombudsman_recommended,
        payments.extract_id
    from payments
    inner join {{ ref('dim_case') }} as cases on payments.case_key = cases.case_key
    where cases.is_counted
)

select * from fct_payments
