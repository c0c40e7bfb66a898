"""The entity `people`: what a second system, joined by the person reference, knows of the persons in the cases."""

from functools import cache

from redress.contract.model import PERSON_REFERENCE, Column, Entity, load_contract

DESCRIBING = ("date_of_birth", "age_band", "gender", "ethnicity", "disabilities", "sexual_orientation")


def _people() -> Entity:
    cases = load_contract().entities["cases"].columns
    reference = Column(PERSON_REFERENCE, "text", required=True, description=cases[PERSON_REFERENCE].description)
    return Entity(
        name="people",
        description="One row for every person the second system knows.",
        key=(PERSON_REFERENCE,),
        columns={PERSON_REFERENCE: reference, **{name: cases[name] for name in DESCRIBING}},
    )


PEOPLE = _people()


@cache
def entities() -> dict[str, Entity]:
    """Every entity a feed may feed: those of the contract, and people."""
    return {**load_contract().entities, PEOPLE.name: PEOPLE}
