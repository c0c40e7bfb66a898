with councils as (
    select council from {{ source('config', 'councils') }}
    union
    select council from {{ ref('int_councils') }}
),

dim_council as (
    select
        councils.council,
        coalesce(configured.council_name, authorities.council_name, councils.council) as council_name,
        coalesce(configured.gss_code, authorities.gss_code) as gss_code,
        coalesce(configured.dfe_code, authorities.dfe_code) as dfe_code,
        authorities.ended_on,
        authorities.successor_gss_codes,
        loaded.as_at_date,
        loaded.in_time_rule,
        loaded.records_begin
    from councils
    left join {{ source('config', 'councils') }} as configured on councils.council = configured.council
    left join {{ ref('local_authorities') }} as authorities on councils.council = authorities.council
    left join {{ ref('int_councils') }} as loaded on councils.council = loaded.council
)

select * from dim_council
