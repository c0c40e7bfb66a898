-- One row per delivered entity and column of its source, named in this extract or in the last one (V05). Of a first
-- extract, and of a rejected one, nothing is known: one row without a column.
select
    row_number() over (order by batch.entity, compared.column_name) as row_id,
    batch.entity,
    compared.column_name,
    compared.is_as_before
from incoming.batch as batch
left join incoming.batch_source_columns as compared on batch.entity = compared.entity
