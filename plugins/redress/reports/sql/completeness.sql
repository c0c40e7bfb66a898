-- One row per council, quarter and characteristic: the Stage 1 complaints received in the quarter, by what is known of
-- the service user. recorded, refused, unknown and not_asked add up to received; recorded and refused together are what
-- the coverage metrics count (dbt_project/models/semantic/equalities.yml).
with complaints as (
    select
        received.council,
        dates.financial_quarter,
        received.received_date,
        cases.gender,
        cases.age_band,
        cases.ethnicity,
        cases.ethnicity_group,
        cases.disabilities,
        cases.sexual_orientation
    from fct_received as received
    inner join dim_case as cases on received.case_key = cases.case_key
    inner join dim_date as dates on received.received_date = dates.date_day
    where received.stage = 1 and received.record_type = 'complaint'
),

answers as (
    select
        council, financial_quarter, received_date, 1 as place, 'gender' as characteristic,
        case when gender is null then 'not_asked' when gender = 'unknown' then 'unknown' else 'recorded' end as answer
    from complaints
    union all
    select
        council, financial_quarter, received_date, 2, 'age',
        case when age_band is null then 'not_asked' when age_band = 'unknown' then 'unknown' else 'recorded' end
    from complaints
    union all
    select
        council, financial_quarter, received_date, 3, 'ethnicity',
        case
            when ethnicity_group = 'refused' then 'refused'
            when ethnicity is null or ethnicity_group = 'not_obtained' then 'not_asked'
            when ethnicity_group = 'not_recorded' then 'unknown'
            else 'recorded'
        end
    from complaints
    union all
    select
        council, financial_quarter, received_date, 4, 'disability',
        case when disabilities is null then 'not_asked' else 'recorded' end
    from complaints
    union all
    select
        council, financial_quarter, received_date, 5, 'sexual orientation',
        case
            when sexual_orientation is null then 'not_asked'
            when sexual_orientation = 'prefer_not_to_say' then 'refused'
            when sexual_orientation = 'unknown' then 'unknown'
            else 'recorded'
        end
    from complaints
)

select
    council,
    financial_quarter as quarter,
    characteristic,
    count(*) as received,
    count(*) filter (where answer = 'recorded') as recorded,
    count(*) filter (where answer = 'refused') as refused,
    count(*) filter (where answer = 'unknown') as unknown,
    count(*) filter (where answer = 'not_asked') as not_asked
from answers
group by council, financial_quarter, characteristic
order by council, min(place), min(received_date)
