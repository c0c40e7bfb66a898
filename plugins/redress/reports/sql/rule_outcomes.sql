-- One row per council, rule and entity that the catalogue asks for: what came of it on the council's newest night. What
-- did not report was not run, and says why. Of several loads of a night the last counts that the entity came with.
with on_newest_night as (
    select
        outcomes.*,
        row_number() over (
            partition by outcomes.council, outcomes.rule, outcomes.entity
            order by outcomes.extract_id is null, outcomes.load_number desc
        ) as recency
    from dq_rule_outcomes as outcomes
    inner join nights
        on outcomes.council = nights.council and outcomes.extract_date = nights.night and nights.is_newest
),

ever as (
    select
        council,
        rule,
        entity,
        max(extract_date) filter (where outcome = 'pass') as last_passed,
        max(extract_date) filter (where outcome <> 'not_run') as last_run
    from dq_rule_outcomes
    group by council, rule, entity
),

missed as (
    select
        load_runs.council,
        load_runs.entity,
        any_value(load_runs.verdict_text) as why
    from load_runs
    inner join nights on load_runs.council = nights.council and load_runs.extract_date = nights.night
    where load_runs.verdict = 'could_not_run'
    group by load_runs.council, load_runs.entity
),

standing as (
    select council, rule, entity, count(*) as open_issues
    from issues
    where state = 'open'
    group by council, rule, entity
)

select
    nights.council,
    nights.council_name,
    nights.night,
    expected_checks.rule,
    expected_checks.entity,
    expected_checks.severity,
    coalesce(tonight.outcome, 'not_run') as outcome,
    coalesce(tonight.rows_checked, 0) as rows_checked,
    coalesce(tonight.rows_failed, 0) as rows_failed,
    coalesce(standing.open_issues, 0) as open_issues,
    case
        when tonight.rule is not null then tonight.reason
        when nights.night is null then 'nothing is loaded yet'
        when not nights.is_newest then 'not loaded on the newest night'
        when missed.why is not null then 'the load ' || regexp_replace(missed.why, '^[a-z_]+: ', '')
        else 'the last load was made before this rule was there'
    end as reason,
    ever.last_passed,
    ever.last_run
from nights
cross join expected_checks
left join on_newest_night as tonight
    on nights.council = tonight.council and expected_checks.rule = tonight.rule
        and expected_checks.entity = tonight.entity and tonight.recency = 1
left join standing
    on nights.council = standing.council and expected_checks.rule = standing.rule
        and expected_checks.entity = standing.entity
left join missed on nights.council = missed.council and expected_checks.entity = missed.entity
left join ever
    on nights.council = ever.council and expected_checks.rule = ever.rule and expected_checks.entity = ever.entity
order by expected_checks.rule, nights.council_name, expected_checks.entity
