"""What a printed number counts: equal ones are one number, however they were asked for."""

from redress.returns.disclosure.codes import all_but, only
from redress.returns.disclosure.numbers import number_of
from redress.returns.figures import Population, Predicate
from redress.returns.periods import parse_period

YEAR = parse_period("2017/18")


def of(*predicates: Predicate) -> Population:
    return Population("stages_received", YEAR, frozenset(predicates))


def test_two_conditions_on_a_dimension_are_one() -> None:
    own = ("outcome", "in", ("not_upheld", "partially_upheld", "upheld"))
    assert number_of(of(own, ("outcome", "in", ("upheld",)))) == number_of(of(("outcome", "in", ("upheld",))))


def test_recorded_gender_is_gender_other_than_unknown() -> None:
    recorded = number_of(of(("is_gender_recorded", "in", ("true",))))
    assert recorded == number_of(of(("gender", "not_in", ("unknown", None))))
    assert recorded.conditions == {("gender", all_but("unknown", None))}


def test_a_group_is_told_from_the_codes_it_stands_for() -> None:
    coarser = {"ethnicity_group": ("ethnicity", {"white": only("British", "Irish"), "black": only("African")})}
    assert number_of(of(("ethnicity_group", "in", ("white",))), coarser) == number_of(
        of(("ethnicity", "in", ("British", "Irish")))
    )
    unknown = number_of(of(("ethnicity_group", "in", ("mixed",))), coarser)
    assert unknown.conditions == {("ethnicity", only("ethnicity_group mixed"))}


def test_a_marker_in_a_list_is_a_dimension_of_its_own() -> None:
    tagged = number_of(of(("tags", "contains", ("negative_comment",))))
    assert tagged == number_of(of(("is_policy_comment", "in", ("true",))))


def test_periods_and_measures_keep_numbers_apart() -> None:
    assert number_of(Population("stages_answered", YEAR)) != number_of(Population("stages_received", YEAR))
    assert number_of(Population("stages_received", YEAR)) != number_of(Population("stages_received", YEAR.previous))
