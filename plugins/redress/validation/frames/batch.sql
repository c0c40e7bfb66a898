-- One row per delivered entity: what the rules of expectations/batch.yml look at. An extract that V02 objects to
-- says nothing to the other rules.
with facts as (
    select
        *,
        extract_kind = 'full' as is_full,
        coalesce(missing_columns, '') <> '' as lacks_columns,
        case
            when coalesce(missing_columns, '') <> '' then null
            when is_rejected then false
            when extract_kind = 'full' and entity in ('cases', 'stages', 'services') and loaded_keys > 0
                then rows_landed > 0
        end as is_usable
    from incoming.batch
)

select
    row_number() over (order by entity) as row_id,
    entity,
    cast(null as varchar) as column_name,
    is_usable,
    case
        when is_full and median_rows > 0 and not lacks_columns and coalesce(is_usable, true)
            then abs(rows_landed - median_rows) / median_rows
    end as row_count_change,
    case
        when not is_full or loaded_keys = 0 or lacks_columns or not coalesce(is_usable, true) then null
        when removal_allowed then 0
        else removed_keys / loaded_keys
    end as removed_share
from facts
