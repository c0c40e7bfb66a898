select
    cases.case_key,
    count(outcomes.outcome_key) as final_rows
from {{ ref('dim_case') }} as cases
left join {{ ref('fct_outcomes') }} as outcomes
    on cases.case_key = outcomes.case_key and outcomes.is_final
where cases.is_counted
group by cases.case_key, cases.concluded_date
having count(outcomes.outcome_key) <> case when cases.concluded_date is null then 0 else 1 end
