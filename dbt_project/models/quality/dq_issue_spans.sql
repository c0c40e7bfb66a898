-- The log says when an issue was seen and when it was found resolved. It stands from the first sighting after
-- nothing or after a resolution to the next resolution.
with events as (
    select
        *,
        {{ issue_key() }} as issue_key,
        case when event = 'seen' then 1 else 0 end as is_sighting
    from {{ source('quality', 'events') }}
),

-- Loads count up, their nights may not: a file of an earlier night can come late. No issue ends before it
-- began.
ordered as (
    select
        *,
        max(event_date) over (
            partition by issue_key
            order by load_number rows between unbounded preceding and current row
        ) as known_on,
        lag(is_sighting) over (partition by issue_key order by load_number, is_sighting) as sighted_before
    from events
),

numbered as (
    select
        *,
        sum(case when is_sighting = 1 and coalesce(sighted_before, 0) = 0 then 1 else 0 end) over (
            partition by issue_key
            order by load_number, is_sighting rows between unbounded preceding and current row
        ) as span_number
    from ordered
),

spans as (
    select
        *,
        min(known_on) over (partition by issue_key, span_number) as opened_on,
        case when is_sighting = 0 then known_on end as resolved_on,
        row_number() over (
            partition by issue_key, span_number
            order by load_number desc, is_sighting asc
        ) as recency
    from numbered
),

dq_issue_spans as (
    select
        issue_key || '|' || cast(span_number as {{ dbt.type_string() }}) as span_key,
        issue_key,
        cast(span_number as bigint) as span_number,
        council,
        rule,
        severity,
        entity,
        case_ref,
        service_code,
        opened_on,
        resolved_on,
        case
            when is_sighting = 1 then null
            when is_withdrawn then 'withdrawn'
            when not is_withdrawn then 'corrected'
        end as resolution,
        cast(
            {{ dbt.datediff('opened_on', 'resolved_on', 'day') | trim }} as bigint
        ) as days_open
    from spans
    where recency = 1
)

select * from dq_issue_spans
