-- One row per payment of tonight, with the decimals of its amount as it was written, zeros at the end aside.
select
    row_id,
    case
        when amount is not null then length(regexp_extract(raw_amount, '\.(\d*?)0*$', 1))
    end as amount_decimals
from rules.rows_payments
