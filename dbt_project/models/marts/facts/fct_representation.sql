{{ config(materialized='table') }}

with cases as (
    select
        case_key,
        council,
        is_adult,
        case when gender <> 'unknown' then gender end as gender,
        case when age_band <> 'unknown' then lower(age_band) end as age_band,
        case when disability_none then 'none' when not disability_none then 'one or more' end as disability,
        case when ethnicity_group not in ('refused', 'not_obtained', 'not_recorded') then ethnicity_group end
            as ethnicity_group,
        lower(ethnicity_code) as ethnicity_code,
        lower(ethnicity) as ethnicity
    from {{ ref('dim_case') }}
),

-- The groups a case can be told to be of; what else the service counts (unborn/unknown, say) has no ratio.
{%- set known = {
    "gender": ["female", "male", "other", "unborn"],
    "disability": ["one or more", "none"],
    "ethnicity": ["white", "mixed", "asian", "black", "other"],
} %}
known_groups as (
    {% for column, characteristic in [
        ("age_band", "age_band"), ("ethnicity_code", "ethnicity"), ("ethnicity", "ethnicity"),
    ] -%}
    select distinct
        council,
        '{{ characteristic }}' as characteristic,
        {{ column }} as member
    from cases
    union
    {% endfor -%}
    {% for characteristic, members in known.items() -%}
    {% set is_last = loop.last -%}
    {% for member in members -%}
    select distinct
        council,
        '{{ characteristic }}' as characteristic,
        '{{ member }}' as member
    from cases
    {{ 'union' if not (is_last and loop.last) }}
    {% endfor -%}
    {% endfor -%}
),

-- The latest figure of each group in each financial year.
supplied as (
    select
        activity.activity_key,
        activity.council,
        activity.measure,
        activity.characteristic,
        lower(activity.member) as member,
        activity.unit,
        activity.value,
        activity.as_at_date,
        dates.financial_year,
        row_number() over (
            partition by
                activity.council,
                activity.measure,
                activity.characteristic,
                activity.member,
                dates.financial_year
            order by activity.as_at_date desc, activity.activity_key asc
        ) as recency
    from {{ ref('fct_activity') }} as activity
    inner join {{ ref('dim_date') }} as dates on activity.as_at_date = dates.date_day
    where activity.service_key is null and activity.unit in ('number', 'percent')
),

-- What the service states as a number becomes a share of the total it states for the same day.
children as (
    select
        supplied.council,
        supplied.activity_key,
        supplied.financial_year,
        supplied.characteristic,
        supplied.member,
        case
            when supplied.unit = 'percent' then supplied.value / 100
            else supplied.value / nullif(totals.value, 0)
        end as share_of_children
    from supplied
    inner join known_groups
        on
            supplied.council = known_groups.council
            and supplied.characteristic = known_groups.characteristic
            and supplied.member = known_groups.member
    left join supplied as totals
        on
            supplied.council = totals.council
            and supplied.measure = totals.measure
            and supplied.as_at_date = totals.as_at_date
            and totals.characteristic is null
            and totals.unit = 'number'
    where supplied.recency = 1
),

complaints as (
    select
        stages.stage_key,
        stages.council,
        stages.case_key,
        stages.case_ref,
        stages.service_key,
        stages.received_date,
        stages.extract_id,
        dates.financial_year,
        cases.gender,
        cases.age_band,
        cases.disability,
        cases.ethnicity_group,
        cases.ethnicity_code,
        cases.ethnicity
    from {{ ref('fct_stages') }} as stages
    inner join cases on stages.case_key = cases.case_key
    inner join {{ ref('dim_date') }} as dates on stages.received_date = dates.date_day
    where stages.record_type = 'complaint' and stages.stage = 1 and not cases.is_adult
),

compared as (
    select
        complaints.*,
        children.activity_key,
        children.share_of_children,
        case children.characteristic
            when 'gender' then complaints.gender = children.member
            when 'age_band' then complaints.age_band = children.member
            when 'disability' then complaints.disability = children.member
            when 'ethnicity'
                then
                    complaints.ethnicity_group = children.member
                    or (
                        complaints.ethnicity_group is not null
                        and (
                            coalesce(complaints.ethnicity_code = children.member, false)
                            or complaints.ethnicity = children.member
                        )
                    )
        end as is_of_group
    from complaints
    inner join children
        on complaints.council = children.council and complaints.financial_year = children.financial_year
    where children.share_of_children is not null
),

fct_representation as (
    select
        stage_key || '|' || activity_key as representation_key,
        council,
        case_key,
        case_ref,
        service_key,
        stage_key,
        activity_key,
        received_date,
        is_of_group,
        cast(share_of_children as decimal(18, 6)) as share_of_children,
        extract_id
    from compared
    where is_of_group is not null
)

select * from fct_representation
