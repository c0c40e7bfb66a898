-- One row per case that has a page: it has, or had, an issue, or one of its clocks runs. place is its number in the
-- council's sorted list, by which the page finds the file it is in.
with named as (
    select distinct council, case_ref from issues where case_ref is not null
    union
    select distinct council, case_ref from watched
)

select
    named.council,
    nights.council_name,
    named.case_ref,
    row_number() over (order by named.council, named.case_ref) - 1 as place
from named
inner join nights on named.council = nights.council
