{# What tells issues apart: council, rule, entity, record_key, column and occurrence, joined by a bar. #}
{% macro issue_key() -%}
    council || '|' || rule || '|' || entity || '|' || coalesce(record_key, '') || '|'
    || coalesce(column_name, '') || '|' || cast(occurrence as {{ dbt.type_string() }})
{%- endmacro %}
