{#- The whole number that an age band's name begins with (5-9, 18, 65+): its youngest age. Null for any other name. -#}
{% macro lowest_age(band) -%}
    case
        when substring({{ band }}, 1, 1) not between '0' and '9' then null
        when substring({{ band }}, 2, 1) not between '0' and '9' then cast(substring({{ band }}, 1, 1) as integer)
        when substring({{ band }}, 3, 1) not between '0' and '9' then cast(substring({{ band }}, 1, 2) as integer)
        else cast(substring({{ band }}, 1, 3) as integer)
    end
{%- endmacro %}
