"""The parts of a guess: what headers stand for, how dates are written, what values mean and which may be shown."""

import pytest

from redress.contract import load_contract
from redress.councils import Codes
from redress.sources.proposing.dates import forms_of, month_first
from redress.sources.proposing.fitting import assign, holds
from redress.sources.proposing.synonyms import (
    listed_value,
    meanings,
    never_enters,
    plain,
    table_entity,
    without_stage,
)
from redress.sources.proposing.table import column_of, guess_header_row, sampled
from redress.sources.proposing.values import values_of

ENTITIES = load_contract().entities


def sample(header, values):
    return column_of(header, {value: values.count(value) for value in values})


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("DateReceived", "date received"),
        ("date_received", "date received"),
        ("  Date  Received: ", "date received"),
        ("LGSCO ref.", "lgsco ref"),
        ("Stage1_Response", "stage 1 response"),
        ("Child’s D.O.B", "childs d o b"),
    ],
)
def test_headers_are_compared_as_words(header, words):
    assert plain(header) == words


@pytest.mark.parametrize(
    ("header", "stage", "rest"),
    [
        ("stage 1 response", 1, "response"),
        ("response stage two", 2, "response"),
        ("s 3 outcome", 3, "outcome"),
        ("stage ii request", 2, "request"),
        ("stage 4 outcome", None, "stage 4 outcome"),
        ("stage", None, "stage"),
    ],
)
def test_the_stage_a_header_names(header, stage, rest):
    assert without_stage(header) == (stage, rest)


@pytest.mark.parametrize(
    ("header", "entity", "column"),
    [
        ("Case ref", "cases", "case_ref"),
        ("Date received", "cases", "received_date"),
        ("Recieved date", "cases", "received_date"),
        ("Ethnic origin", "cases", "ethnicity"),
        ("Team", "cases", "service_code"),
        ("Date acknowledged", "stages", "acknowledged_date"),
        ("Response date", "stages", "responded_date"),
        ("LGO decision", "ombudsman", "decision"),
    ],
)
def test_what_a_header_may_stand_for(header, entity, column):
    assert (entity, column) in {(meaning.entity, meaning.column) for meaning in meanings(plain(header))}


@pytest.mark.parametrize("header", ["Child's surname", "Home address", "Investigating officer", "Email", "Case notes"])
def test_what_never_enters(header):
    assert never_enters(plain(header))
    assert not [meaning for meaning in meanings(plain(header)) if meaning.entity == "cases"]


def test_every_synonym_is_of_a_column_and_every_value_of_a_list():
    """A slip in synonyms.yml would otherwise only lead to poorer proposals."""
    from redress.sources.proposing import synonyms

    document = synonyms._document()
    for entity, columns in document["columns"].items():
        assert set(columns) <= set(ENTITIES[entity].columns), entity
    listed = {}
    for entity in ENTITIES.values():
        for column in entity.columns.values():
            listed.setdefault(column.name, set()).update(column.values or ())
    for column, values in document["values"].items():
        assert set(values) <= listed[column], column
    assert set(document["tables"]) == set(ENTITIES)
    assert set(document["first_stage"]) <= set(ENTITIES["stages"].columns)


def test_a_header_goes_where_its_values_fit():
    named = [
        ("received", sample("Received", ["email", "letter"])),
        ("date received", sample("Date received", ["01/04/2019", "02/04/2019"])),
    ]
    found = assign(ENTITIES["cases"], named, Codes())
    assert found["received_date"].sample.header == "Date received"


def test_an_empty_column_may_be_any():
    assert holds(ENTITIES["cases"].columns["closed_date"], sample("Closed", ["", ""]), Codes())
    assert not holds(ENTITIES["cases"].columns["closed_date"], sample("Closed", ["Yes", "No"]), Codes())


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("2019-04-01", "iso"),
        ("2019-04-01T00:00:00+01:00", "iso"),
        ("01/04/2019", "day_first"),
        ("1.4.2019 09:30", "day_first"),
        ("01/04/19", "day_first_short"),
        ("1 April 2019", "month_name"),
        ("Mon 01-Apr-19", "month_name"),
        ("43556", "excel_serial"),
        ("43556.5", "excel_serial"),
    ],
)
def test_forms_of_dates(value, form):
    assert dict(forms_of({value: 3})) == {form: 3}


@pytest.mark.parametrize("value", ["", "n/a", "awaited", "12", "2019", "01/04", "abc 12 de 34"])
def test_what_is_no_date(value):
    assert not forms_of({value: 1})


def test_month_first_is_told_only_where_nothing_else_is_possible():
    assert month_first({"04/27/2019": 2, "27/04/2019": 1, "04/05/2019": 1}) == 2


@pytest.mark.parametrize("value", ["Part upheld", "Partly", "PARTIALLY", "partly  upheld"])
def test_words_for_partially_upheld(value):
    assert listed_value("outcome", value) == "partially_upheld"
    assert listed_value("finding", value) == "partially_upheld"


def test_words_that_are_no_outcome_are_not_guessed():
    assert [listed_value("outcome", value) for value in ("Awaiting", "Closed", "Escalated")] == [None] * 3
    assert listed_value("status", "Closed") == "concluded"


def test_a_value_map_holds_only_what_the_mapping_would_not_find():
    column = ENTITIES["stages"].columns["outcome"]
    values = values_of(
        column, sample("Outcome", ["Upheld", "not upheld", "Partly", "n/a", "Pending", "Pending"]), Codes()
    )
    assert values.map == {"Partly": "partially_upheld", "n/a": ""}
    assert values.unknown == {"Pending": (2, None)}


def test_a_list_is_taken_apart_at_what_separates_it():
    column = ENTITIES["cases"].columns["disabilities"]
    values = values_of(
        column, sample("Disability", ["LD/AUT", "MOB", "LD", "LD/Ufo", "LD/Ufo", "MOB", "MOB", "MOB"]), Codes()
    )
    assert values.separator == "/"
    assert values.unknown == {"Ufo": (2, None)}


def test_many_different_values_are_counted_and_not_shown():
    column = ENTITIES["causes"].columns["cause"]
    values = values_of(column, sample("Issue", [f"Somebody said {n}" for n in range(70)]), Codes())
    assert (values.unknown, values.hidden) == ({}, 70)
    long = values_of(column, sample("Issue", ["word " * 20] * 6), Codes())
    assert (long.unknown, long.hidden) == ({}, 1)


def test_values_of_what_never_enters_are_not_looked_at():
    import pyarrow as pa

    rows = pa.table({"Ref": ["A1", "A2"], "Surname": ["Example", "Example"], "Received": ["2019-04-01", None]})
    columns, number, totals = sampled(rows, ["Ref", "Surname", "Received"])
    assert columns["Surname"].counts == {}
    assert columns["Received"].counts == {"2019-04-01": 1}
    assert (number, totals) == (2, None)


def test_the_header_is_below_titles():
    rows = [
        ["Complaints 2019/20", "", ""],
        ["", "", ""],
        ["Ref", "Received", "Outcome"],
        ["A1", "2019-04-01", "Upheld"],
    ]
    assert guess_header_row(rows) == 3
    assert guess_header_row([["", ""], ["Alpha", "Beta"], ["x", "y"]]) == 2
    assert guess_header_row([]) is None


@pytest.mark.parametrize(
    ("name", "entity"),
    [
        ("Complaints log", "cases"),
        ("complaints payments 2020", "payments"),
        ("LGSCO", "ombudsman"),
        ("Sheet1", None),
    ],
)
def test_what_a_table_is_called(name, entity):
    assert table_entity(name) == entity
