"""Runs the project's dbt unit tests, the hand-checked examples among them."""


def test_unit_tests_of_the_models_pass(empty_warehouse) -> None:
    assert empty_warehouse.project.run("test", "--select", "test_type:unit").failures == []


def test_the_calendar_they_use_is_the_real_one(empty_warehouse) -> None:
    fixture = empty_warehouse.project.folder / "tests" / "fixtures" / "calendar.csv"
    wrong = empty_warehouse.read(f"""
        select date_day from read_csv('{fixture}') as fixture
        left join reporting.dim_date as dates using (date_day)
        where fixture.is_working_day is distinct from dates.is_working_day
            or fixture.working_day_number is distinct from dates.working_day_number
    """)
    assert wrong == []
