{#
    Every accepted version of each key of an entity, with the days it was in force: from the extract
    that brought it up to, not including, the extract that replaced or deleted it. On an ordinary
    night only the keys that loads since the last build have touched.
    depends_on: source('accepted', 'loads')
#}
{% macro accepted_versions(entity) -%}
    select
        accepted.*,
        accepted.extract_date as version_from,
        lead(accepted.extract_date) over (
            partition by accepted.council, accepted.record_key
            order by accepted.load_number
        ) as version_to
    from {{ source('accepted', entity) }} as accepted
    {%- if is_incremental() %}
    inner join (
        select distinct
            touched.council,
            touched.record_key
        from {{ source('accepted', entity) }} as touched
        inner join {{ source('accepted', 'loads') }} as loads
            on touched.council = loads.council and touched.load_number = loads.load_number
        where not loads.is_built
    ) as touched_keys
        on accepted.council = touched_keys.council and accepted.record_key = touched_keys.record_key
    {%- endif %}
{%- endmacro %}
