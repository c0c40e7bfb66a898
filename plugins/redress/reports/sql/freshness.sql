-- One row per council and entity: when it came last, and what was promised. Rejected extracts did not come. A source
-- that is asked answers even where nothing changed; a file that still lies there is no delivery. news: the newest night
-- on which something was new, changed, removed or held back. days_old runs to the newest night of all councils; what
-- was due by that night and is not there is late.
with newest as (select max(extract_date) as night from load_runs),

came as (
    select
        load_runs.council,
        load_runs.entity,
        max(load_runs.extract_date) filter (
            where
            load_runs.verdict not in ('rejected', 'could_not_run', 'not_delivered')
            and (load_runs.extract_id is not null or load_runs.council in (select council from asked))
        ) as delivered_on,
        max(load_runs.extract_date) filter (
            where load_runs.rows_accepted + load_runs.rows_quarantined + load_runs.rows_deleted > 0
        ) as news_on,
        max(load_runs.extract_date) filter (where load_runs.verdict = 'rejected') as rejected_on
    from load_runs
    group by load_runs.council, load_runs.entity
)

select
    nights.council,
    nights.council_name,
    entities.entity,
    came.delivered_on,
    came.news_on,
    case when came.rejected_on > came.delivered_on or came.delivered_on is null then came.rejected_on end as rejected_on,
    promised.days as promised_days,
    came.delivered_on + promised.days as due_on,
    date_diff('day', came.delivered_on, newest.night) as days_old,
    case
        when promised.days is null then 'no_promise'
        when came.delivered_on is null then 'never'
        when came.delivered_on + promised.days <= newest.night then 'late'
        else 'in_time'
    end as state
from nights
cross join entities
cross join newest
left join came on nights.council = came.council and entities.entity = came.entity
left join promised on nights.council = promised.council and entities.entity = promised.entity
order by nights.council_name, entities.position
