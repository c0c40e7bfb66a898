select timeliness_key as row_key from {{ ref('fct_timeliness') }}
where elapsed_working_days < 0
union all
select escalation_key as row_key from {{ ref('fct_escalation') }}
where working_days_to_request < 0
