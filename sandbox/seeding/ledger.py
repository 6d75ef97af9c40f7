"""What stands in Fernhill's two Xero organisations before anything is kept in step."""

from typing import NamedTuple

from sandbox.store import Record

CURRENCIES = ["EUR", "USD", "JPY"]  # beside the pound

# Accounts beside the usual ones: code, name, type, tax type.
ACCOUNTS = [
    ("205", "Recharges", "REVENUE", "OUTPUT2"),
    ("260", "Other revenue", "REVENUE", "OUTPUT2"),
    ("325", "Subcontracted surveys", "DIRECTCOSTS", "INPUT2"),
]
THEMES = ["Standard", "Projects", "Overseas"]
TRACKING = {"Office": ["Bristol", "Leeds"]}

# Items: the codes that finance has entered; two products have none, two differ a little.
ITEMS: list[tuple[str, str, str, str]] = [
    ("SV-TOPO", "Topographical survey", "685.00", "200"),
    ("SV-MBS", "Measured building survey", "1240.00", "200"),
    ("SV-BND", "Boundary survey and plan", "950.00", "200"),
    ("SV-DRN", "Drone survey", "525.00", "200"),
    ("SV-UTL", "Utility mapping", "1125.50", "200"),
    ("EX-TRV", "Travel and lodging", "1.00", "205"),
]

# What the Australian organisation has of these; one of its prices is last year's.
PACIFIC_CURRENCIES = ["NZD", "USD"]
PACIFIC_TRACKING = {"Office": ["Melbourne", "Auckland"]}
PACIFIC_ITEMS = [
    ("SV-TOPO", "Topographical survey", "1395.00"),
    ("SV-MBS", "Measured building survey", "2440.00"),
    ("SV-DRN", "Drone survey", "1095.00"),
    ("SV-LSR", "Laser scan", "175.50"),
]

# Contacts that carry an account's id, as an earlier hand wrote it there.
KNOWN = [
    "Harbourside Developments Ltd",
    "Aire Valley Housing Association",
    "Pennine Wind Farms plc",
    "Müller & Söhne Tiefbau GmbH",
]

# Contacts typed in by finance, with all that typing brings.
TYPED: list[Record] = [
    {"Name": "St Mary's Academy Trust", "EmailAddress": "finance@stmarys.example"},
    {
        "Name": "OBrien and Daughters Groundworks",
        "FirstName": "Niamh",
        "LastName": "O'Brien",
        "EmailAddress": "niamh@obriengroundworks.example",
    },
    {"Name": "Calder Bridge Council", "EmailAddress": "payments@calderbridge.example"},
    {"Name": "Calder Bridge Council - Highways", "EmailAddress": "payments@calderbridge.example"},
    {"Name": "Siobhan O'Reilly", "EmailAddress": "siobhan.oreilly@post.example"},
    {
        "Name": "Tyndall & Rowe",
        "EmailAddress": "ledger@tyndallrowe.example",
        "AccountNumber": "TR-014",
    },
    {"Name": "Mendip Office Supplies", "EmailAddress": "sales@mendipoffice.example"},
    {"Name": "Northern Survey Instruments Ltd", "EmailAddress": "orders@nsi.example"},
]


class Bill(NamedTuple):
    """An invoice typed by hand: age in days; lines as text, quantity, unit amount, account."""

    contact: str
    reference: str
    age: int
    lines: list[tuple[str, str, str, str]]
    outcome: str


BILLED = [
    Bill(
        "Aire Valley Housing Association",
        "PO 44817",
        52,
        [("Measured building survey, Burley Road", "3", "1240.00", "200")],
        "paid",
    ),
    Bill(
        "Pennine Wind Farms plc",
        "Retainer October",
        34,
        [
            ("Monitoring visit", "4", "372.40", "200"),
            ("Travel, recharged at cost", "1", "96.15", "205"),
        ],
        "approved",
    ),
    Bill(
        "Calder Bridge Council",
        "CBC/0093",
        20,
        [("Boundary survey, allotments", "1", "950.00", "200")],
        "approved",
    ),
    Bill(
        "St Mary's Academy Trust",
        "Chapel roof",
        4,
        [("Laser scan, chapel roof void", "9", "86.25", "200")],
        "draft",
    ),
]

# How finance calls some of Salesforce's accounts.
ALSO_CALLED = {
    "O'Brien & Daughters Groundworks": "OBrien and Daughters Groundworks",
    "Dr Siobhán O'Reilly": "Siobhan O'Reilly",
    "Tyndall & Rowe Solicitors LLP": "Tyndall & Rowe",
}
