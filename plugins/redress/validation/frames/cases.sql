-- One row per case of tonight: what the rules of expectations/cases.yml look at. A column is null where the
-- rule has nothing to say about the row, also because another rule reports the same fault.
with stages_of_case as (
    select
        case_ref,
        count(*) as stages,
        count(*) filter (where is_ambiguous) as ambiguous_stages,
        count(*) filter (where is_answered) as answered_stages,
        count(*) filter (
            where not is_ambiguous and not is_answered and outcome is distinct from 'withdrawn'
        ) as unanswered_stages,
        string_agg(stage, ';' order by stage) filter (where is_answered) as answered_stage_numbers,
        string_agg(stage, ';' order by stage) filter (
            where not is_ambiguous and not is_answered and outcome is distinct from 'withdrawn'
        ) as unanswered_stage_numbers
    from rules.current_stages
    group by case_ref
),

disability_items as (
    select
        row_id,
        unnest(string_split(disabilities, ';')) as item
    from rules.rows_cases
    where disabilities is not null
),

disabilities_of_case as (
    select
        items.row_id,
        count(*) as items,
        bool_or(coalesce(codes.standard_code, items.item) = 'NONE') as has_none,
        bool_or(lower(coalesce(codes.standard_code, items.item)) not in ('nobt', 'not_obtained', 'unknown'))
            as is_recorded
    from disability_items as items
    left join rules.codes as codes
        on codes.list_name = 'disabilities' and items.item = codes.code
    group by items.row_id
),

facts as (
    select
        cases.*,
        cases.record_type in ('complaint', 'corporate_complaint') as is_complaint,
        cases.record_type = 'complaint' and cases.status not in ('not_accepted', 'duplicate', 'logged_in_error')
            as is_accepted_complaint,
        coalesce(stages_of_case.stages, 0) as stages,
        coalesce(stages_of_case.ambiguous_stages, 0) as ambiguous_stages,
        coalesce(stages_of_case.answered_stages, 0) as answered_stages,
        coalesce(stages_of_case.unanswered_stages, 0) as unanswered_stages,
        stages_of_case.answered_stage_numbers,
        stages_of_case.unanswered_stage_numbers,
        coalesce(ethnicities.standard_code, cases.ethnicity) as ethnicity_code,
        disabilities_of_case.items as disability_items,
        disabilities_of_case.has_none,
        disabilities_of_case.is_recorded as has_recorded_disability,
        cases.raw_closed_date is not null as has_closed_date
    from rules.rows_cases as cases
    left join stages_of_case using (case_ref)
    left join disabilities_of_case using (row_id)
    left join rules.codes as ethnicities
        on ethnicities.list_name = 'ethnicities' and cases.ethnicity = ethnicities.code
)

select
    facts.row_id,
    -- D03: an unborn child's birth may lie ahead
    case
        when facts.dob_check in ('missing', 'unparsable') then null
        when facts.gender = 'unborn' then true
        else facts.dob_check <> 'after_extract'
    end as birth_is_past,
    -- R04
    case when facts.dob_check <> 'missing' then facts.dob_check <> 'unparsable' end as parses_date_of_birth,
    -- D08: a birth after the extract is D03's
    case
        when facts.dob_check in ('missing', 'unparsable', 'after_extract') then null
        when facts.gender = 'unborn' and facts.dob_check = 'after_receipt' then 'ok'
        else facts.dob_check
    end as birth_fits_receipt,
    -- S05
    case when facts.is_complaint and facts.status in ('open', 'frozen', 'concluded') then facts.stages > 0 end
        as complaint_has_a_stage,
    -- S06: two versions of one stage are R01's, so they say nothing here
    case
        when facts.is_complaint and facts.status = 'concluded' and facts.unanswered_stages = 0
            and facts.ambiguous_stages > 0 then null
        when facts.is_complaint and facts.status = 'concluded' then facts.unanswered_stages = 0
    end as stages_have_ended,
    case
        when not facts.is_complaint or facts.status = 'frozen' then null
        when facts.status = 'open' then not facts.has_closed_date
        when facts.status is not null then facts.has_closed_date
    end as closed_date_fits_status,
    -- S08
    case when facts.status = 'not_accepted' then facts.raw_not_accepted_reason is not null end
        as refusal_has_a_reason,
    case when facts.status = 'not_accepted' then facts.answered_stages = 0 end as refusal_has_no_answer,
    -- E02
    case when facts.has_none then facts.disability_items = 1 end as none_stands_alone,
    -- E03: a value that is wrong is recorded, and reported by another rule
    case when facts.is_accepted_complaint then facts.raw_gender is not null and facts.raw_gender <> 'unknown' end
        as gender_is_recorded,
    case
        when facts.is_accepted_complaint
            then coalesce(lower(facts.ethnicity_code) not in ('nobt', 'not_obtained', 'unknown'), false)
    end as ethnicity_is_recorded,
    case when facts.is_accepted_complaint then coalesce(facts.has_recorded_disability, false) end
        as disabilities_is_recorded,
    case
        when facts.is_accepted_complaint
            then facts.dob_check <> 'missing' or coalesce(lower(facts.age_band) <> 'unknown', false)
    end as date_of_birth_is_recorded,
    -- E04
    case
        when facts.complainant_type in ('child_or_young_person', 'care_leaver')
            then facts.raw_advocate_supported is not null
    end as advocacy_is_recorded,
    -- which stages S06 and S08 mean: for looks_at
    facts.answered_stage_numbers,
    facts.unanswered_stage_numbers
from facts
