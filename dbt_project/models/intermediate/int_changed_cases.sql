{%- set case_entities = [
    'cases', 'stages', 'freezes', 'causes', 'resolutions', 'actions', 'payments', 'ombudsman'
] -%}

with new_loads as (
    select
        council,
        load_number
    from {{ source('accepted', 'loads') }}
    where not is_built
),

loaded_councils as (
    select distinct council from new_loads
),

built_councils as (
    select
        council,
        max(extract_date) as as_at_date
    from {{ source('accepted', 'loads') }}
    where is_built
    group by council
),

-- A new service structure or new settings touch every case of the council.
changed_councils as (
    select services.council
    from {{ source('accepted', 'services') }} as services
    inner join new_loads
        on services.council = new_loads.council and services.load_number = new_loads.load_number
    union
    select council from {{ source('config', 'councils') }}
    where not is_built
),

{% for entity in case_entities -%}
touched_{{ entity }} as (
    select distinct
        touched.council,
        touched.record_key
    from {{ source('accepted', entity) }} as touched
    inner join new_loads
        on touched.council = new_loads.council and touched.load_number = new_loads.load_number
),

{% endfor -%}
-- The cases of every version of a touched key: a deletion does not name its case, and a correction may
-- name another one than before.
changed_records as (
    {% for entity in case_entities -%}
    select
        versions.council,
        versions.case_ref
    from {{ source('accepted', entity) }} as versions
    inner join touched_{{ entity }} as touched
        on versions.council = touched.council and versions.record_key = touched.record_key
    {{ 'union' if not loop.last }}
    {% endfor %}
),

-- A case that is open, or whose panel was planned for a day that may now have passed, moves with
-- the extract date.
moving_cases as (
    select
        cases.council,
        cases.case_ref
    from {{ ref('stg_cases') }} as cases
    inner join loaded_councils on cases.council = loaded_councils.council
    where cases.is_current and cases.status in ('open', 'frozen')
    union
    select
        stages.council,
        stages.case_ref
    from {{ ref('stg_stages') }} as stages
    inner join built_councils on stages.council = built_councils.council
    where stages.is_current and stages.panel_date > built_councils.as_at_date
),

cases_of_changed_councils as (
    select
        cases.council,
        cases.case_ref
    from {{ ref('stg_cases') }} as cases
    {% if not flags.FULL_REFRESH -%}
    inner join changed_councils on cases.council = changed_councils.council
    {%- endif %}
),

everything as (
    select * from changed_records
    union
    select * from moving_cases
    union
    select * from cases_of_changed_councils
),

int_changed_cases as (
    select
        council || '|' || case_ref as case_key,
        council,
        case_ref
    from everything
    where case_ref is not null
)

select * from int_changed_cases
