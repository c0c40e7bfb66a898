-- One row per council that is configured or ever loaded: its newest night and the one before, null where there is none.
-- loaded_night: the newest on which it did load. is_newest: no council has a newer night; what an older one says is no
-- news of last night.
with nights_of_council as (
    select
        council,
        max(extract_date) as night,
        max(extract_date, 2)[2] as night_before,
        max(extract_date) filter (where was_loaded) as loaded_night
    from (
        select council, extract_date, bool_or(verdict <> 'could_not_run') as was_loaded
        from load_runs
        group by council, extract_date
    )
    group by council
)

select
    coalesce(names.council, nights_of_council.council) as council,
    coalesce(names.council_name, nights_of_council.council) as council_name,
    nights_of_council.night,
    nights_of_council.night_before,
    nights_of_council.loaded_night,
    coalesce(nights_of_council.night = max(nights_of_council.night) over (), false) as is_newest
from names
full outer join nights_of_council on names.council = nights_of_council.council
