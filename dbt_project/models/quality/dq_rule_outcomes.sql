with dq_rule_outcomes as (
    select
        council || '|' || rule || '|' || entity || '|' || cast(load_number as {{ dbt.type_string() }})
            as rule_outcome_key,
        council,
        rule,
        entity,
        severity,
        extract_id,
        extract_date,
        load_number,
        outcome,
        rows_checked,
        rows_failed,
        reason
    from {{ source('quality', 'rule_outcomes') }}
)

select * from dq_rule_outcomes
