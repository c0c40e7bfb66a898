-- Lists are read once for each combination of labels that occurs, not once a case.
with lists as (
    select distinct
        council,
        disabilities
    from {{ ref('stg_cases') }}
    where is_current and disabilities is not null
),

labels as (
    select
        councils.council,
        codes.disability_code as label,
        codes.disability_code
    from {{ ref('int_councils') }} as councils
    cross join {{ ref('disabilities') }} as codes
    union
    select
        council,
        code as label,
        maps_to as disability_code
    from {{ source('config', 'codes') }}
    where list_name = 'disabilities' and maps_to is not null
),

int_disabilities as (
    select
        lists.council,
        {% for code in disability_codes() -%}
        max(case when labels.disability_code = '{{ code }}' then 1 else 0 end) = 1
            as disability_{{ code | lower }},
        {% endfor -%}
        lists.disabilities
    from lists
    left join labels
        on
            lists.council = labels.council
            and position(';' || labels.label || ';' in ';' || lists.disabilities || ';') > 0
    group by lists.council, lists.disabilities
)

select * from int_disabilities
