"""Which tables say something of people themselves, so that a publication hides their small counts by default."""

from redress.returns.definitions.schema import Table

DIMENSIONS = {
    "gender", "age_band", "ethnicity", "ethnicity_code", "ethnicity_group", "sexual_orientation", "complainant_type",
    "voice", "is_disabled", "advocate_supported", "case_ref",
}  # fmt: skip


def is_sensitive(table: Table) -> bool:
    """Whether a table splits people by what they are, or by who complained (domain.md, section 9)."""
    axes = [axis for axis in (table.rows, table.columns) if axis]
    used = {axis.by for axis in axes if axis.by} | set(table.where)
    used |= {dimension for axis in axes for item in axis.items for dimension in item.where}
    used |= {dimension for value in table.values for dimension in value.where}
    return any(name in DIMENSIONS or name.startswith("disability_") for name in used)
