select cases.case_key
from {{ ref('dim_case') }} as cases
left join {{ ref('fct_received') }} as received on cases.case_key = received.case_key
group by cases.case_key, cases.is_counted
having (count(received.received_key) > 0) <> cases.is_counted
