-- Pieces that follow one another under one name and one top-level area, put together again.
with pieces as (
    select
        *,
        coalesce(
            cast({{ dbt.dateadd('day', -1, 'next_piece_from') }} as date), service_to
        ) as piece_to,
        lag(top_level_code || '|' || top_level) over (
            partition by council, service_code, service_from
            order by piece_from
        ) as top_level_before
    from {{ ref('int_service_pieces') }}
),

numbered as (
    select
        *,
        sum(case when top_level_code || '|' || top_level = top_level_before then 0 else 1 end) over (
            partition by council, service_code, service_from
            order by piece_from
            rows between unbounded preceding and current row
        ) as run_number
    from pieces
),

runs as (
    select
        council,
        service_code,
        service_name,
        parent_code,
        top_level_code,
        top_level,
        successor_code,
        is_delivered,
        extract_id,
        min(piece_from) as valid_from,
        max(coalesce(piece_to, cast('9999-12-31' as date))) as last_day,
        service_to
    from numbered
    group by
        council,
        service_code,
        service_name,
        parent_code,
        top_level_code,
        top_level,
        successor_code,
        is_delivered,
        extract_id,
        service_from,
        service_to,
        run_number
),

with_neighbours as (
    select
        *,
        lag(valid_from) over (partition by council, service_code order by valid_from) as earlier_from,
        lead(valid_from) over (partition by council, service_code order by valid_from) as later_from
    from runs
),

-- match_from and match_to leave no gap, so that a record dated outside its service's validity (rule
-- R03 warns of it) still finds the version before, or else the first.
int_service_history as (
    select
        council || '|' || service_code || '|' || cast(valid_from as {{ dbt.type_string() }}) as service_key,
        council,
        service_code,
        service_name,
        parent_code,
        top_level_code,
        top_level,
        valid_from,
        case when last_day < cast('9999-12-31' as date) then last_day end as valid_to,
        case when last_day = service_to then successor_code end as successor_code,
        case when earlier_from is null then cast('1900-01-01' as date) else valid_from end as match_from,
        coalesce(
            cast({{ dbt.dateadd('day', -1, 'later_from') }} as date), cast('9999-12-31' as date)
        ) as match_to,
        case
            when later_from is not null
                then council || '|' || service_code || '|' || cast(later_from as {{ dbt.type_string() }})
        end as later_service_key,
        later_from,
        is_delivered,
        extract_id
    from with_neighbours
)

select * from int_service_history
