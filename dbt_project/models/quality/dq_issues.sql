-- An issue is one row that fails a rule in one column. Rows of the same key (duplicates, or rows whose
-- key is missing) are told apart by their order in the file.
with sightings as (
    select
        events.*,
        coalesce(entity, '') || '|' || coalesce(record_key, '') || '|' || coalesce(column_name, '')
            as place,
        row_number() over (
            partition by council, rule, entity, record_key, column_name, event, load_number
            order by source_row, extract_id
        ) as occurrence
    from {{ source('quality', 'events') }} as events
),

seen as (
    select
        sightings.*,
        min(event_date) over (partition by council, rule, place, occurrence) as first_seen,
        row_number() over (
            partition by council, rule, place, occurrence
            order by load_number desc
        ) as recency
    from sightings
    where event = 'seen'
),

latest as (
    select * from seen
    where recency = 1
),

-- What the log says of a place after the last sighting of an issue there: resolved, or seen again in
-- fewer rows. Either way that issue ended with the first of these loads.
later_events as (
    select
        latest.council,
        latest.rule,
        latest.place,
        latest.occurrence,
        min(sightings.event_date) as resolved_on
    from latest
    inner join sightings
        on
            latest.council = sightings.council
            and latest.rule = sightings.rule
            and latest.place = sightings.place
            and latest.load_number < sightings.load_number
    group by latest.council, latest.rule, latest.place, latest.occurrence
),

dq_issues as (
    select
        latest.council || '|' || latest.rule || '|' || latest.place || '|'
        || cast(latest.occurrence as {{ dbt.type_string() }}) as issue_key,
        latest.council,
        latest.rule,
        latest.severity,
        latest.entity,
        latest.record_key,
        latest.case_ref,
        latest.column_name,
        latest.source_file,
        latest.source_row,
        latest.extract_id,
        latest.first_seen,
        latest.event_date as last_seen,
        later_events.resolved_on
    from latest
    left join later_events
        on
            latest.council = later_events.council
            and latest.rule = later_events.rule
            and latest.place = later_events.place
            and latest.occurrence = later_events.occurrence
)

select * from dq_issues
