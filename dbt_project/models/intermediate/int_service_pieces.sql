-- Each service cut at every day on which the council's structure changed, so that within a piece a
-- service has one top-level area. All pieces of a council that exist on a day of change begin on it,
-- therefore parents are found by equal start.
{%- set hops = 4 %}

with services as (
    select * from {{ ref('int_services') }}
),

change_days as (
    select
        council,
        service_from as change_day
    from services
    union
    select
        council,
        cast({{ dbt.dateadd('day', 1, 'service_to') }} as date) as change_day
    from services
    where service_to is not null
),

pieces as (
    select
        services.council,
        services.service_code,
        services.service_name,
        services.parent_code,
        services.successor_code,
        services.service_from,
        services.service_to,
        services.is_delivered,
        services.extract_id,
        change_days.change_day as piece_from,
        lead(change_days.change_day) over (
            partition by services.council, services.service_code, services.service_from
            order by change_days.change_day
        ) as next_piece_from
    from services
    inner join change_days
        on
            services.council = change_days.council
            and services.service_from <= change_days.change_day
            and (services.service_to is null or services.service_to >= change_days.change_day)
),

-- Twice the distance at each step: sixteen levels of parents, and a circle ends too.
ancestors_0 as (
    select
        children.council,
        children.service_code,
        children.service_from,
        children.piece_from,
        parents.service_code as ancestor_code,
        parents.service_from as ancestor_from,
        parents.service_name as ancestor_name
    from pieces as children
    inner join pieces as parents
        on
            children.council = parents.council
            and children.parent_code = parents.service_code
            and children.piece_from = parents.piece_from
            and children.service_code <> parents.service_code
),

{% for hop in range(1, hops + 1) -%}
ancestors_{{ hop }} as (
    select
        nearer.council,
        nearer.service_code,
        nearer.service_from,
        nearer.piece_from,
        coalesce(further.ancestor_code, nearer.ancestor_code) as ancestor_code,
        coalesce(further.ancestor_from, nearer.ancestor_from) as ancestor_from,
        coalesce(further.ancestor_name, nearer.ancestor_name) as ancestor_name
    from ancestors_{{ hop - 1 }} as nearer
    left join ancestors_{{ hop - 1 }} as further
        on
            nearer.council = further.council
            and nearer.ancestor_code = further.service_code
            and nearer.ancestor_from = further.service_from
            and nearer.piece_from = further.piece_from
),

{% endfor -%}
int_service_pieces as (
    select
        pieces.*,
        coalesce(ancestors.ancestor_code, pieces.service_code) as top_level_code,
        coalesce(ancestors.ancestor_name, pieces.service_name) as top_level
    from pieces
    left join ancestors_{{ hops }} as ancestors
        on
            pieces.council = ancestors.council
            and pieces.service_code = ancestors.service_code
            and pieces.service_from = ancestors.service_from
            and pieces.piece_from = ancestors.piece_from
)

select * from int_service_pieces
