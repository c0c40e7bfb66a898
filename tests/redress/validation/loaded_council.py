"""A council whose one night holds faults and values that must be found on no page."""

from datetime import date
from pathlib import Path

import pytest

from redress import nightly
from redress.councils import load_councils
from redress.paths import Home
from redress.validation.data_docs import build_data_docs

COUNCIL = "barsetshire"
PLANTED = ("Invented-Person", "Planted", "1849-02-03", "1849", "Madeupish", "ownerless")

CASES = """\
case_ref,record_type,received_date,closed_date,status,contact_method,complainant_type,person_ref,date_of_birth,gender,ethnicity
Planted-1,complaint,2020-04-01,2020-04-17,concluded,email,parent,Invented-Person-1,2011-02-03,female,WBRI
Planted-2,complaint,2020-05-05,2020-05-01,concluded,telephone,parent,Invented-Person-2,1849-02-03,male,Madeupish
Planted-3,compliment,2020-06-01,2020-06-01,concluded,letter,parent,Invented-Person-3,2015-01-15,Planted gender,WBRI
"""
STAGES = """\
case_ref,stage,requested_date,responded_date,outcome
Planted-1,1,2020-04-01,2020-04-17,upheld
ownerless-9,1,2020-04-01,2020-04-17,upheld
"""
NO_PAYMENT = "payment_ref,case_ref,payment_type,amount,agreed_date\n"


def make_council(root: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Its folders and its environment, with a first night delivered and not loaded; loamshire never is."""
    home = Home(root / "data")
    for name, value in {
        "REDRESS_HOME": str(home.root),
        "REDRESS_COUNCILS": str(root / "councils"),
        "REDRESS_PSEUDONYM_KEY": "a key for tests only, of some length",
    }.items():
        monkeypatch.setenv(name, value)
    for council in (COUNCIL, "loamshire"):
        folder = root / "councils" / council
        folder.mkdir(parents=True)
        (root / "drop" / council).mkdir(parents=True)
        (folder / "source.yml").write_text(f"kind: files\npath: {root / 'drop' / council}\n", encoding="utf-8")
    for entity, text in (("cases", CASES), ("stages", STAGES), ("payments", NO_PAYMENT)):
        (root / "drop" / COUNCIL / f"{entity}.csv").write_text(text, encoding="utf-8")
    return home


def load(day: str) -> None:
    """Lands what is delivered and loads it."""
    night = date.fromisoformat(day)
    for location in nightly.deliveries(COUNCIL, night):
        nightly.land(COUNCIL, location, night)
    nightly.validate_and_accept(COUNCIL, night)


def build(home: Home) -> Path:
    """The folder with the pages of both councils."""
    folder = home.root / "data_docs"
    pages = build_data_docs(home, load_councils(), folder)
    assert pages == len(list(folder.rglob("*.html")))
    return folder
