"""Stories of records that come to contradict one another on their second night. Seen to have stopped a publication:

a mark taken off a case whose stages rest on it, a case that moves into the records kept, an action that changes its
case, a payment that is gone.
"""

from datetime import date

from tests.properties.stories import Night, Story

CASES = "case_ref,record_type,received_date,closed_date,status,tags\n"
STAGES = "case_ref,stage,requested_date,responded_date,outcome\n"
ACTIONS = "action_ref,case_ref,scope,action_type,agreed_date\n"
PAYMENTS = "payment_ref,case_ref,payment_type,amount,agreed_date\n"

CLOSED = "complaint,2024-01-02,2024-02-02,concluded,\n"
PAYMENTS_LEFT = PAYMENTS + "".join(f"P{number},C2,redress,10,2024-02-01\n" for number in range(2, 9))


def nights(extract: str, settings: str, *deliveries: dict[str, str]) -> Story:
    told = (
        Night(date(2024, 3, day), {f"{name}.csv": text.encode() for name, text in files.items()}, False)
        for day, files in enumerate(deliveries, start=1)
    )
    return Story(extract, settings, "", tuple(told))


CHANGES = nights(
    "changes",
    "records_begin: 2024-01-02\n",
    {
        "cases": CASES
        + "TAG,complaint,2024-01-02,,open,early_escalation\n"
        + "OLD,complaint,2024-01-01,,open,\n"
        + "".join(f"{ref},{CLOSED}" for ref in ("TYPE", "ANSWER", "FROM", "TO")),
        "stages": STAGES
        + "TAG,1,2024-01-02,,\nTAG,2,2024-01-20,,\n"
        + "OLD,2,2024-01-20,,\n"
        + "TYPE,1,2024-01-02,2024-01-12,upheld\n"
        + "ANSWER,1,2024-01-02,2024-01-12,upheld\nANSWER,2,2024-01-20,2024-02-01,upheld\n",
        "actions": f"{ACTIONS}A1,FROM,individual_remedy,TRAINING,2024-02-01\n",
    },
    {
        "cases": CASES
        + "TAG,complaint,2024-01-02,,open,\n"
        + "OLD,complaint,2024-01-12,,open,\n"
        + "TYPE,compliment,2024-02-12,2024-02-13,concluded,\n",
        "stages": f"{STAGES}ANSWER,1,2024-01-02,2024-01-25,withdrawn\n",
        "actions": f"{ACTIONS}A1,TO,individual_remedy,TRAINING,2024-02-01\n",
    },
)
FULL = nights(
    "full",
    "",
    {"cases": f"{CASES}C1,{CLOSED}C2,{CLOSED}", "payments": f"{PAYMENTS_LEFT}P1,C1,redress,10,2024-02-01\n"},
    {"cases": f"{CASES}C1,{CLOSED}C2,{CLOSED}", "payments": PAYMENTS_LEFT},
)
CONTRADICTIONS = {"barsetshire": CHANGES, "loamshire": FULL}
