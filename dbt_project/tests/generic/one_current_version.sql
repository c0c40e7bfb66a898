{% test one_current_version(model) %}
{# No key of an entity has two versions in force. #}
select
    council,
    record_key
from {{ model }}
where is_current
group by council, record_key
having count(*) > 1
{% endtest %}
