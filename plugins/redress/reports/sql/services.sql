-- One row per council and service code: the name it had last, and the service area it belongs to.
select
    council,
    service_code,
    arg_max(service_name, valid_from) as service_name,
    arg_max(top_level, valid_from) as service_area
from dim_service
where service_code is not null
group by council, service_code
