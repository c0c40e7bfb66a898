-- One row per row of tonight that names a service: the row's date, and was the service valid on it? Null when there is
-- no service at all. A service whose dates cannot be read counts as valid: R04 reports it.
select
    the_rows.row_id,
    the_rows.{date_column} as service_date,
    case
        when the_rows.service_code is not null
            and the_rows.{date_column} is not null
            and exists (select 1 from rules.current_services)
            then exists (
                select 1
                from rules.current_services as services
                where services.service_code = the_rows.service_code
                    and coalesce(services.valid_from <= the_rows.{date_column}, true)
                    and coalesce(services.valid_to >= the_rows.{date_column}, true)
            )
    end as service_is_valid
from rules.rows_{entity} as the_rows
