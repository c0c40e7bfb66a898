-- Services as delivered, and one stand-in for each code that records use and the structure lacks.
with delivered as (
    select
        council,
        service_code,
        service_name,
        parent_code,
        service_from,
        service_to,
        successor_code,
        extract_id
    from {{ ref('stg_services') }}
    where is_current
),

used_codes as (
    select
        council,
        service_code
    from {{ ref('stg_cases') }}
    where is_current
    union
    select
        council,
        service_code
    from {{ ref('stg_actions') }}
    where is_current
    union
    select
        council,
        service_code
    from {{ ref('stg_ombudsman') }}
    where is_current
    union
    select
        council,
        service_code
    from {{ ref('stg_activity') }}
    where is_current
),

stand_ins as (
    select
        used_codes.council,
        used_codes.service_code,
        used_codes.service_code as service_name,
        cast(null as {{ dbt.type_string() }}) as parent_code,
        cast('1900-01-01' as date) as service_from,
        cast(null as date) as service_to,
        cast(null as {{ dbt.type_string() }}) as successor_code,
        cast(null as {{ dbt.type_string() }}) as extract_id
    from used_codes
    left join delivered
        on used_codes.council = delivered.council and used_codes.service_code = delivered.service_code
    where used_codes.service_code is not null and delivered.service_code is null
),

together as (
    select
        *,
        true as is_delivered
    from delivered
    union all
    select
        *,
        false as is_delivered
    from stand_ins
),

-- A version ends at the latest where the next one of its code begins.
with_next as (
    select
        *,
        lead(service_from) over (partition by council, service_code order by service_from) as next_from
    from together
),

with_latest_end as (
    select
        *,
        cast({{ dbt.dateadd('day', -1, 'next_from') }} as date) as latest_end
    from with_next
),

int_services as (
    select
        council,
        service_code,
        service_name,
        parent_code,
        service_from,
        case when service_to is null or latest_end < service_to then latest_end else service_to end
            as service_to,
        successor_code,
        extract_id,
        is_delivered
    from with_latest_end
)

select * from int_services
