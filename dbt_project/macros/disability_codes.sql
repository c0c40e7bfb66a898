{# The DfE's disability codes, one boolean column each in dim_case; seeds/disabilities.csv names them. #}
{% macro disability_codes() -%}
    {{ return(["NONE", "MOB", "HAND", "PC", "INC", "COMM", "LD", "HEAR", "VIS", "BEH", "CON", "AUT", "DDA"]) }}
{%- endmacro %}
