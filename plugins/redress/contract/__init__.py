"""The case record contract, typed."""

from redress.contract.model import Column, Contract, Entity, Rule, load_contract

__all__ = ["Column", "Contract", "Entity", "Rule", "load_contract"]
