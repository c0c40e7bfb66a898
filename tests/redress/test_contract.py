"""The contract as the library reads it."""

from redress.contract import load_contract


def test_every_key_column_is_a_column_and_every_rule_has_an_entity() -> None:
    contract = load_contract()
    for entity in contract.entities.values():
        assert set(entity.key) <= set(entity.columns)
    assert {rule.entity for rule in contract.rules.values()} <= {*contract.entities, "any", "batch"}


def test_columns_keep_their_facts() -> None:
    stages = load_contract().entities["stages"]
    assert stages.required == ("case_ref", "stage", "requested_date")
    assert stages.columns["stage"].values == ("1", "2", "3")
    assert stages.columns["delay_reason"].values_from == "delay_reasons"
    assert "responded_date" in stages.of_type("date")
