with events as (
    select
        *,
        {{ issue_key() }} as issue_key
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

latest_spans as (
    select
        issue_key,
        opened_on,
        resolved_on,
        resolution,
        span_number,
        row_number() over (partition by issue_key order by span_number desc) as recency
    from {{ ref('dq_issue_spans') }}
),

-- Of acceptances of the same issue the latest counts.
acceptances_in_force as (
    select
        relevant_hash,
        accepted_on,
        accepted_until,
        accepted_by,
        {{ issue_key() }} as issue_key,
        row_number() over (partition by {{ issue_key() }}, relevant_hash order by number desc) as recency
    from {{ source('quality', 'acceptances') }}
    where ended_on is null
),

ended_acceptances as (
    select
        {{ issue_key() }} as issue_key,
        max(ended_on) as acceptance_ended_on
    from {{ source('quality', 'acceptances') }}
    where ended_on is not null
    group by 1
),

dq_issues as (
    select
        ordered.issue_key,
        ordered.council,
        ordered.rule,
        ordered.severity,
        ordered.entity,
        ordered.record_key,
        ordered.case_ref,
        ordered.service_code,
        ordered.column_name,
        ordered.occurrence,
        ordered.source_file,
        ordered.source_row,
        ordered.extract_id,
        ordered.first_seen,
        ordered.last_seen,
        latest_spans.opened_on,
        cast(latest_spans.span_number - 1 as bigint) as times_reopened,
        latest_spans.resolved_on,
        latest_spans.resolution,
        acceptances.issue_key is not null as is_accepted,
        acceptances.accepted_on,
        acceptances.accepted_until,
        acceptances.accepted_by,
        ended_acceptances.acceptance_ended_on
    from ordered
    inner join latest_spans on ordered.issue_key = latest_spans.issue_key and latest_spans.recency = 1
    -- A resolution has no hash, so no acceptance stands for what is resolved.
    left join acceptances_in_force as acceptances
        on
            ordered.issue_key = acceptances.issue_key
            and ordered.relevant_hash = acceptances.relevant_hash and acceptances.recency = 1
    left join ended_acceptances on ordered.issue_key = ended_acceptances.issue_key
    where ordered.recency = 1
)

select * from dq_issues
