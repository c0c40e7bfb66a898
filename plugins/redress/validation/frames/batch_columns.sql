-- One row per delivered entity and column: required columns for V02, shares of nulls in full extracts for V03.
-- Of a file that cannot be read (rejected, no column named) nothing is known.
with delivered as (
    select
        batch.entity,
        batch.extract_kind,
        contract_columns.column_name,
        case
            when contract_columns.is_required and not (batch.is_rejected and batch.missing_columns is null)
                then not list_contains(
                    string_split(coalesce(batch.missing_columns, ''), ';'), contract_columns.column_name
                )
        end as is_delivered,
        batch.is_rejected
    from incoming.batch as batch
    inner join rules.contract_columns as contract_columns using (entity)
)

select
    row_number() over (order by delivered.entity, delivered.column_name) as row_id,
    delivered.entity,
    delivered.column_name,
    delivered.is_delivered,
    case
        when delivered.extract_kind = 'full' and not delivered.is_rejected
            then round(shares.null_share - shares.previous_null_share, 9)
    end as null_share_rise
from delivered
left join incoming.batch_columns as shares
    on delivered.entity = shares.entity and delivered.column_name = shares.column_name
