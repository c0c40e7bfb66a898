{%- set hops = 4 %}

with history as (
    select
        services.*,
        services.valid_to is not null and services.valid_to < councils.as_at_date as has_ended,
        cast({{ dbt.dateadd('day', 1, 'services.valid_to') }} as date) as day_after,
        councils.as_at_date
    from {{ ref('int_service_history') }} as services
    inner join {{ ref('int_councils') }} as councils on services.council = councils.council
),

-- Where the work of a service that has ended went: to its successor, else to its own next version.
steps_0 as (
    select
        ended.service_key,
        coalesce(successors.service_key, ended.later_service_key) as next_service_key
    from history as ended
    left join history as successors
        on
            ended.council = successors.council
            and ended.successor_code = successors.service_code
            and ended.day_after between successors.match_from and successors.match_to
            and ended.as_at_date >= successors.valid_from
            and ended.service_key <> successors.service_key
    where
        ended.has_ended
        and (successors.service_key is not null or ended.later_from <= ended.as_at_date)
),

-- Twice the distance at each step: sixteen successions at most, and a circle ends too.
{% for hop in range(1, hops + 1) -%}
steps_{{ hop }} as (
    select
        nearer.service_key,
        coalesce(further.next_service_key, nearer.next_service_key) as next_service_key
    from steps_{{ hop - 1 }} as nearer
    left join steps_{{ hop - 1 }} as further on nearer.next_service_key = further.service_key
),

{% endfor -%}
-- What still has a next one after all steps runs in a circle: it stands for itself.
arrivals as (
    select
        steps.service_key,
        steps.next_service_key as current_service_key
    from steps_{{ hops }} as steps
    left join steps_0 as onward on steps.next_service_key = onward.service_key
    where onward.service_key is null
),

dim_service as (
    select
        history.service_key,
        history.council,
        history.service_code,
        history.service_name,
        history.parent_code,
        history.top_level_code,
        history.top_level,
        history.valid_from,
        history.valid_to,
        coalesce(current_services.service_key, history.service_key) as current_service_key,
        coalesce(current_services.service_code, history.service_code) as current_service_code,
        coalesce(current_services.service_name, history.service_name) as current_service_name,
        coalesce(current_services.top_level_code, history.top_level_code) as current_top_level_code,
        coalesce(current_services.top_level, history.top_level) as current_top_level,
        history.is_delivered,
        history.extract_id
    from history
    left join arrivals on history.service_key = arrivals.service_key
    left join history as current_services
        on arrivals.current_service_key = current_services.service_key
)

select * from dim_service
