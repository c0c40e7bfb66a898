{#- Of one stage's clocks: false when one is late, true when all it has to keep are in time, else null. A third stage
    has three of them under the statute, one under the council's own procedure. -#}
{% macro all_clocks_in_time(flag) -%}
    case
        when sum(case when {{ flag }} then 0 when not {{ flag }} then 1 end) > 0 then false
        when
            sum(case when {{ flag }} then 1 else 0 end)
            = case when stage = 3 and max(record_type) = 'complaint' then 3 else 1 end
            then true
    end
{%- endmacro %}
