-- The log says of an issue when it was seen and when it was found resolved; it can come back.
with events as (
    select
        *,
        council || '|' || rule || '|' || entity || '|' || coalesce(record_key, '') || '|'
        || coalesce(column_name, '') || '|' || cast(occurrence as {{ dbt.type_string() }}) as issue_key
    from {{ source('quality', 'events') }}
),

ordered as (
    select
        *,
        min(event_date) over (partition by issue_key) as first_seen,
        max(case when event = 'seen' then event_date end) over (partition by issue_key) as last_seen,
        row_number() over (
            partition by issue_key
            order by load_number desc, case when event = 'seen' then 0 else 1 end
        ) as recency
    from events
),

dq_issues as (
    select
        issue_key,
        council,
        rule,
        severity,
        entity,
        record_key,
        case_ref,
        column_name,
        occurrence,
        source_file,
        source_row,
        extract_id,
        first_seen,
        last_seen,
        case when event = 'resolved' then event_date end as resolved_on
    from ordered
    where recency = 1
)

select * from dq_issues
