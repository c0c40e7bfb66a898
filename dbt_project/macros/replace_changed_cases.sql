{#
    Incremental strategy of everything that is kept by case: the rows of tonight's changed cases go,
    and those the model now gives for them come. Rows of every other case stay as they are.
#}
{% macro get_incremental_replace_changed_cases_sql(arguments) -%}
    {%- set columns = arguments["dest_columns"] | map(attribute="name") | join(", ") -%}
    delete from {{ arguments["target_relation"] }}
    where case_key in (select case_key from {{ ref("int_changed_cases") }});

    insert into {{ arguments["target_relation"] }} ({{ columns }})
    select {{ columns }} from {{ arguments["temp_relation"] }}
{%- endmacro %}
