"""What tests of whole nights share: councils with a few records, and an environment for other processes."""

import os

import pytest

from redress.airflow_home import environment
from redress.paths import PROJECT, Home

CASES = """\
case_ref,record_type,received_date,closed_date,status,contact_method,complainant_type,service_code,person_ref,date_of_birth
BA-1,complaint,2020-04-01,2020-04-17,concluded,email,parent,S1,P-100,2011-02-03
BA-2,complaint,2020-05-05,,open,telephone,care_leaver,S1,P-200,2001-09-30
BA-3,compliment,2020-06-01,2020-06-01,concluded,letter,parent,S1,P-300,2015-01-15
"""
STAGES = """\
case_ref,stage,requested_date,acknowledged_date,responded_date,outcome
BA-1,1,2020-04-01,2020-04-02,2020-04-17,upheld
BA-2,1,2020-05-05,2020-05-06,,
"""
SERVICES = """\
service_code,service_name,valid_from
S1,Family support,2015-04-01
"""


@pytest.fixture(scope="session")
def airflow_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process that reads the project's DAGs with a data folder of its own."""
    home = Home(tmp_path_factory.mktemp("airflow"))
    return {
        **os.environ,
        **environment(home),
        "PYTHONPATH": str(PROJECT / "plugins"),
        "REDRESS_HOME": str(home.root),
        "REDRESS_COUNCILS": str(PROJECT / "councils"),
        "REDRESS_PSEUDONYM_KEY": "a key for tests only, of some length",
    }


@pytest.fixture(scope="module")
def two_councils(airflow_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment of two councils: barsetshire has delivered, loamshire's drop folder is missing."""
    root = tmp_path_factory.mktemp("two_councils")
    home = Home(root / "data")
    drop = root / "drop" / "barsetshire"
    drop.mkdir(parents=True)
    for entity, text in (("cases", CASES), ("stages", STAGES), ("services", SERVICES)):
        (drop / f"{entity}.csv").write_text(text, encoding="utf-8")
    for council in ("barsetshire", "loamshire"):
        folder = root / "councils" / council
        folder.mkdir(parents=True)
        (folder / "source.yml").write_text(f"kind: files\npath: {root / 'drop' / council}\n", encoding="utf-8")
    return {
        **airflow_environment,
        **environment(home),
        "REDRESS_HOME": str(home.root),
        "REDRESS_COUNCILS": str(root / "councils"),
    }
