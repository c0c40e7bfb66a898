with cases as (
    select cases.*
    from {{ ref('dim_case') }} as cases
    inner join {{ ref('int_changed_cases') }} as changed on cases.case_key = changed.case_key
    where cases.is_counted
),

stages as (
    select stages.*
    from {{ ref('int_stages') }} as stages
    inner join cases on stages.case_key = cases.case_key
),

stages_reached as (
    select
        case_key,
        max(case when is_answered then stage else 0 end) as answered_stage,
        max(case when not is_answered then stage else 0 end) as unanswered_stage,
        max(case when is_withdrawn then stage else 0 end) as withdrawn_stage
    from stages
    group by case_key
),

answers as (
    select
        council,
        case_key,
        case_ref,
        service_key,
        record_type,
        stage,
        'stage_' || cast(stage as {{ dbt.type_string() }}) as route,
        outcome,
        responded_date as outcome_date,
        concluded_date,
        0 as is_case_row,
        extract_id
    from stages
    where is_answered
),

-- A case that ended in another way than by its last stage's answer.
other_ends as (
    select
        cases.council,
        cases.case_key,
        cases.case_ref,
        cases.service_key,
        cases.record_type,
        coalesce(stages_reached.unanswered_stage, 0) as stage,
        case when cases.status = 'concluded' then 'closed' else cases.status end as route,
        cast(null as {{ dbt.type_string() }}) as outcome,
        cases.concluded_date as outcome_date,
        cases.concluded_date,
        1 as is_case_row,
        cases.extract_id
    from cases
    left join stages_reached on cases.case_key = stages_reached.case_key
    where
        cases.status in ('withdrawn', 'disengaged', 'resolved_on_the_spot', 'not_accepted')
        or (
            cases.status = 'concluded'
            and (
                stages_reached.case_key is null
                or (
                    stages_reached.unanswered_stage > stages_reached.answered_stage
                    and stages_reached.unanswered_stage > stages_reached.withdrawn_stage
                )
            )
        )
),

-- A stage that was withdrawn; where its case ended on that very stage, that is the one row.
withdrawn_stages as (
    select
        stages.council,
        stages.case_key,
        stages.case_ref,
        stages.service_key,
        stages.record_type,
        stages.stage,
        'withdrawn' as route,
        cast(null as {{ dbt.type_string() }}) as outcome,
        coalesce(stages.responded_date, stages.concluded_date) as outcome_date,
        stages.concluded_date,
        0 as is_case_row,
        stages.extract_id
    from stages
    left join other_ends on stages.case_key = other_ends.case_key and stages.stage = other_ends.stage
    where
        stages.is_withdrawn
        and other_ends.case_key is null
        and coalesce(stages.responded_date, stages.concluded_date) is not null
),

together as (
    select * from answers
    union all
    select * from other_ends
    union all
    select * from withdrawn_stages
),

ranked as (
    select
        *,
        row_number() over (
            partition by case_key
            order by is_case_row desc, stage desc
        ) as recency
    from together
),

fct_outcomes as (
    select
        case_key || '|' || cast(stage as {{ dbt.type_string() }}) || '|' || route as outcome_key,
        council,
        case_key,
        case_ref,
        service_key,
        record_type,
        cast(stage as {{ dbt.type_bigint() }}) as stage,
        route,
        outcome,
        outcome_date,
        concluded_date,
        concluded_date is not null and recency = 1 as is_final,
        extract_id
    from ranked
)

select * from fct_outcomes
