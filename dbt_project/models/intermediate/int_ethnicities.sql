with main_groups as (
    select distinct ethnicity_group from {{ ref('ethnicities') }}
),

labels as (
    select
        councils.council,
        codes.ethnicity_code as ethnicity,
        codes.ethnicity_code as maps_to
    from {{ ref('int_councils') }} as councils
    cross join {{ ref('ethnicities') }} as codes
    union
    select
        councils.council,
        main_groups.ethnicity_group as ethnicity,
        main_groups.ethnicity_group as maps_to
    from {{ ref('int_councils') }} as councils
    cross join main_groups
),

declared as (
    select
        council,
        code as ethnicity,
        maps_to
    from {{ source('config', 'codes') }}
    where list_name = 'ethnicities' and maps_to is not null
),

-- A council's own declaration of a label comes before the standard reading of it.
chosen as (
    select
        declared.council,
        declared.ethnicity,
        declared.maps_to
    from declared
    union all
    select
        labels.council,
        labels.ethnicity,
        labels.maps_to
    from labels
    left join declared
        on labels.council = declared.council and labels.ethnicity = declared.ethnicity
    where declared.ethnicity is null
),

int_ethnicities as (
    select
        chosen.council,
        chosen.ethnicity,
        codes.ethnicity_code,
        coalesce(codes.ethnicity_group, main_groups.ethnicity_group) as ethnicity_group
    from chosen
    left join {{ ref('ethnicities') }} as codes on chosen.maps_to = codes.ethnicity_code
    left join main_groups on chosen.maps_to = main_groups.ethnicity_group
)

select * from int_ethnicities
