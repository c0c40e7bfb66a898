with declared as (
    select
        council,
        code,
        label,
        maps_to,
        group_name
    from {{ source('config', 'codes') }}
    where list_name = 'causes'
),

used as (
    select
        council,
        cause as code
    from {{ ref('stg_causes') }}
    where is_current
    union
    select
        council,
        code
    from declared
),

dim_cause as (
    select
        used.council || '|' || used.code as cause_key,
        used.council,
        used.code as cause,
        coalesce(declared.label, used.code) as cause_label,
        declared.group_name as cause_group,
        declared.maps_to as standard_cause,
        declared.code is not null as is_declared
    from used
    left join declared on used.council = declared.council and used.code = declared.code
)

select * from dim_cause
