{{ config(materialized='incremental', incremental_strategy='replace_changed_cases') }}

with cases as (
    select cases.*
    from {{ ref('stg_cases') }} as cases
    inner join {{ ref('int_changed_cases') }} as changed on cases.case_key = changed.case_key
    where cases.is_current
),

stage_dates as (
    select
        stages.case_key,
        stages.responded_date,
        stages.requested_date as recorded_date
    from {{ ref('stg_stages') }} as stages
    inner join cases on stages.case_key = cases.case_key
    where stages.is_current
    {%- for column in [
        'statement_agreed_date', 'acknowledged_date', 'extension_agreed_date',
        'investigation_report_date', 'panel_date', 'panel_report_date', 'responded_date',
    ] %}
    union all
    select
        stages.case_key,
        cast(null as date) as responded_date,
        stages.{{ column }} as recorded_date
    from {{ ref('stg_stages') }} as stages
    inner join cases on stages.case_key = cases.case_key
    where stages.is_current
    {%- endfor %}
),

last_dates as (
    select
        stage_dates.case_key,
        max(stage_dates.responded_date) as last_answer_date,
        max(case when stage_dates.recorded_date <= councils.as_at_date then stage_dates.recorded_date end)
            as last_recorded_date
    from stage_dates
    inner join cases on stage_dates.case_key = cases.case_key
    inner join {{ ref('int_councils') }} as councils on cases.council = councils.council
    group by stage_dates.case_key
),

endings as (
    select
        cases.case_key,
        coalesce(
            cases.closed_date,
            last_dates.last_answer_date,
            last_dates.last_recorded_date,
            cases.received_date
        ) as ended_on
    from cases
    left join last_dates on cases.case_key = last_dates.case_key
    where cases.status not in ('open', 'frozen')
),

dim_case as (
    select
        cases.case_key,
        cases.council,
        cases.case_ref,
        services.service_key,
        cases.record_type,
        cases.status,
        cases.status not in ('duplicate', 'logged_in_error') as is_counted,
        cases.enquiry_source,
        cases.not_accepted_reason,
        cases.received_date,
        cases.closed_date,
        case
            when endings.ended_on < cases.received_date then cases.received_date else endings.ended_on
        end as concluded_date,
        cases.contact_method,
        cases.complainant_type,
        cases.own_complaint,
        coalesce(
            cases.own_complaint, cases.complainant_type in ('child_or_young_person', 'care_leaver')
        ) as is_child_or_young_person,
        cases.advocate_supported,
        cases.gender,
        cases.age_band,
        coalesce({{ lowest_age('cases.age_band') }} >= 25, false) as is_adult,
        cases.ethnicity,
        ethnicities.ethnicity_code,
        coalesce(ethnicities.ethnicity_group, 'not_recorded') as ethnicity_group,
        cases.disabilities
        {%- for code in disability_codes() %},
        disabilities.disability_{{ code | lower }}
        {%- endfor %},
        cases.sexual_orientation,
        cases.joint_nhs,
        cases.tags,
        cases.extract_id
    from cases
    left join endings on cases.case_key = endings.case_key
    left join {{ ref('int_service_history') }} as services
        on
            cases.council = services.council
            and cases.service_code = services.service_code
            and cases.received_date between services.match_from and services.match_to
    left join {{ ref('int_ethnicities') }} as ethnicities
        on cases.council = ethnicities.council and cases.ethnicity = ethnicities.ethnicity
    left join {{ ref('int_disabilities') }} as disabilities
        on cases.council = disabilities.council and cases.disabilities = disabilities.disabilities
)

select * from dim_case
