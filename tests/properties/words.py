"""What stories are told with: settings, codes, and cells that are right, odd or nonsense."""

SETTINGS = {
    "in_time_rule": ["within_limit", "within_extended", "agreed_extension"],
    "stage2_clock_start": ["request", "statement"],
    "stage2_clock_end": ["response", "report"],
    "corporate_limits": ["{stage_1: 10, stage_2: 20}", "{stage_1: 15}", "{stage_1: 5, stage_2: 10, stage_3: 20}"],
    "records_begin": ["2023-09-01"],
    "count_closure_days": ["true"],
    "closure_days": ["[2023-12-27, 2023-12-28]"],
    "removal_limit": ["0", "0.5", "1"],
}
CODES = """\
causes: {DELAY: Delay, STAFF: {label: Staff, group: People}}
ethnicities: {Local label: {maps_to: WBRI}, Group label: {group: asian}, Unmapped label: Unmapped}
disabilities: {Wheelchair: {maps_to: MOB}, No needs: {maps_to: NONE}}
delay_reasons: {LEAVE: Leave}
action_types: {TRAINING: Training}
tags: {covid19: Covid}
activity_measures: {open_cases: Open cases, referrals: Referrals}
"""
OPEN_LISTS = {
    "causes": ["DELAY", "STAFF", "NOT_DECLARED"],
    "ethnicities": ["WBRI", "REFU", "NOBT", "Local label", "Group label", "Unmapped label", "asian", "Nowhere"],
    "disabilities": ["NONE", "MOB", "AUT", "Wheelchair", "No needs", "Undeclared"],
    "delay_reasons": ["LEAVE", "SNOW"],
    "action_types": ["TRAINING", "POLICY"],
    "tags": ["covid19", "early_escalation", "earlier_stage_elsewhere", "local"],
    "age_bands": ["5-9", "unknown", "unborn", "12-13"],
    "activity_measures": ["open_cases", "referrals", "sightings"],
}
TEXT = ["S1", "S2", "S3", "S9", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "'; drop table cases; --"]
TEXT += ['a, "quoted" one', "two\nlines", "a|b", "a;b", ";", "é漢字\u200b", " padded ", "\u00a0", "NULL", "nan"]
TEXT += ["x" * 300]
DATES = ["31/02/2024", "05/06/24", "1900-01-00", "20224-01-01", "2024-02-30", "1999-12-31", "2000-01-01", "0001-01-01"]
DATES += ["9999-12-31", "2030-12-31", "2031-01-01", "45321", "soon", "2024-1-5", "2024-01-05T00:00:00Z", "-2024-01-05"]
TIMESTAMPS = ["2024-02-03T04:05:06Z", "2024-02-03 04:05:06+01:00", "2024-02-03T04:05:06", "0001-01-01T00:00:00+14:00"]
TIMESTAMPS += ["9999-12-31T23:59:59Z", "2024-02-30T00:00:00Z", "2024-02-03T04:05:06.1234567Z"]
NUMBERS = ["0", "-1", "-0", "4", "007", "1.5", "1e3", "999999999999999999", "9999999999999999999", "٣", "1,5", "£3"]
DECIMALS = [*NUMBERS, "0.1", "12.345", "12.3400", "-0.01", "999999999999999.99", "1234567890123456.7", ".5", "5."]
BOOLEANS = ["true", "false", "TRUE", "False", "1", "yes", "t"]

PERSON_MARK, UNWANTED_MARK = "PERSONMARK", "UNWANTEDMARK"
BORN = [f"{year}-11-{day}" for year in (1931, 1962, 1987, 1993) for day in (17, 23, 29)]
BIRTHS_TO_COME = ["2024-03-05", "2024-04-06", "2024-05-01"]
UNREADABLE_BIRTHS = ["17/11/1987", "1987-11-31", "19871-11-17"]
