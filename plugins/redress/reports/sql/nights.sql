-- One row per council that is configured or ever loaded: its newest night and the one before, null where there is none.
with nights_of_council as (
    select
        council,
        max(extract_date) as night,
        max(extract_date, 2)[2] as night_before
    from (select distinct council, extract_date from load_runs)
    group by council
)

select
    coalesce(names.council, nights_of_council.council) as council,
    coalesce(names.council_name, nights_of_council.council) as council_name,
    nights_of_council.night,
    nights_of_council.night_before
from names
full outer join nights_of_council on names.council = nights_of_council.council
