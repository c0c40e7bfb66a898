{#
    Whether a clock kept a limit: null where its stage ended unanswered, or is frozen, or while it is
    open within the limit; false as soon as an open one is past it.
#}
{% macro in_time(limit_days) -%}
    case
        when clocks.is_without_answer or clocks.is_frozen or clocks.elapsed_working_days is null then null
        when clocks.is_open and clocks.elapsed_working_days <= {{ limit_days }} then null
        else clocks.elapsed_working_days <= {{ limit_days }}
    end
{%- endmacro %}
