"""The words that made-up customers are made of. Telephones come from ranges kept for fiction."""

from pathlib import Path
from typing import NamedTuple


class Country(NamedTuple):
    """How a country writes its addresses and numbers; # is a digit, a small a is a letter."""

    name: str
    short: str  # how a hurried typist writes it
    dialling: str
    share: int
    places: list[tuple[str, str, str]]  # town, postal code, telephone without its first zero
    streets: str
    forms: list[tuple[str, ...]]  # legal forms, each with the ways in which it is written
    tax: str
    company: str


_LTD = ("Ltd", "Limited", "LTD.", "")
COUNTRIES = [
    Country(
        "United Kingdom", "UK", "44", 66,
        [
            ("Bristol", "BS# #aa", "117 496 0###"), ("Leeds", "LS# #aa", "113 496 0###"),
            ("Sheffield", "S# #aa", "114 496 0###"), ("Nottingham", "NG# #aa", "115 496 0###"),
            ("Leicester", "LE# #aa", "116 496 0###"), ("Reading", "RG# #aa", "118 496 0###"),
            ("Birmingham", "B# #aa", "121 496 0###"), ("Edinburgh", "EH# #aa", "131 496 0###"),
            ("Glasgow", "G# #aa", "141 496 0###"), ("Liverpool", "L# #aa", "151 496 0###"),
            ("Manchester", "M# #aa", "161 496 0###"), ("London", "EC#a #aa", "20 7946 0###"),
            ("Newcastle upon Tyne", "NE# #aa", "191 498 0###"),
            ("Cardiff", "CF# #aa", "29 2018 0###"), ("Belfast", "BT# #aa", "28 9649 6###"),
        ],
        "{n} {word} Road;{n} {word} Street;{n} {word} Lane;Unit {n}, {word} Trading Estate;"
        "{word} House, {n} High Street;The Old {word}, Church Lane",
        [_LTD, _LTD, _LTD, ("plc", "PLC", "Public Limited Company"), ("LLP", "L.L.P.", ""),
         ("& Sons Ltd", "and Sons Limited", "& Sons"), ("Group Ltd", "Group Limited", "Group"),
         ("Partners", "Partnership"), ("CIC", "C.I.C.", "Community Interest Company")],
        "GB #########", "0#######",
    ),
    Country(
        "Ireland", "Eire", "353", 8,
        [("Dublin", "D0# a###", "20 91# ####"), ("Cork", "T1# a###", "20 91# ####"),
         ("Galway", "H91 a###", "20 91# ####")],
        "{n} {word} Street;{n} {word} Quay;{word} Business Park",
        [_LTD, ("DAC", "Designated Activity Company")], "IE #######a", "######",
    ),
    Country(
        "Germany", "DE", "49", 9,
        [("Berlin", "10###", "30 23125 ###"), ("Frankfurt am Main", "60###", "69 90009 ###"),
         ("Hamburg", "20###", "40 66969 ###"), ("Köln", "50###", "221 4710 ###"),
         ("München", "80###", "89 99998 ###")],
        "{word}straße {n};{word}weg {n};Am {word}hof {n}",
        [("GmbH", "Gesellschaft mbH", "GMBH"), ("AG", "Aktiengesellschaft"),
         ("GmbH & Co. KG", "GmbH u. Co KG", "KG")], "DE #########", "HRB #####",
    ),
    Country(
        "France", "FR", "33", 7,
        [("Paris", "750##", "1 99 00 ## ##"), ("Nantes", "440##", "2 61 91 ## ##"),
         ("Strasbourg", "670##", "3 53 01 ## ##"), ("Lyon", "690##", "4 65 71 ## ##")],
        "{n} rue {word};{n} avenue {word};{n} quai {word}",
        [("SARL", "S.A.R.L.", ""), ("SAS", "S.A.S."), ("SA", "S.A.")],
        "FR ###########", "#########",
    ),
    Country(
        "United States", "USA", "1", 6,
        [("Portland", "972##", "503 555 01##"), ("Denver", "802##", "303 555 01##"),
         ("Boston", "021##", "617 555 01##"), ("Austin", "787##", "512 555 01##")],
        "{n} {word} Avenue;{n} {word} Drive, Suite {n};{n} {word} Boulevard",
        [("Inc", "Inc.", "Incorporated"), ("LLC", "L.L.C.", ""), ("Corp", "Corporation")],
        "##-#######", "",
    ),
    Country(
        "Australia", "AUS", "61", 4,
        [("Sydney", "20##", "2 5550 ####"), ("Melbourne", "30##", "3 5550 ####"),
         ("Brisbane", "40##", "7 5550 ####")],
        "{n} {word} Parade;{n} {word} Road",
        [("Pty Ltd", "Pty Limited", "P/L")], "## ### ### ###", "### ### ###",
    ),
]  # fmt: skip


def _lists() -> dict[str, list[str]]:
    text = (Path(__file__).parent / "company" / "words.txt").read_text(encoding="utf-8")
    named = (line.split(": ", 1) for line in text.splitlines())
    return {name: listed.split("; ") for name, listed in named}


_LISTS = _lists()
FIRST, LAST, PLACE, TRADE = (_LISTS[name] for name in ("first", "last", "place", "trade"))
SHORTER = {
    "Engineering": "Eng", "Construction": "Constr.", "Management": "Mgmt", "Services": "Svcs",
    "Developments": "Devs", "Brothers": "Bros", "Property": "Prop.", "Consulting": "Consult",
    "Investments": "Invest.", "Facilities": "Facs",
}  # fmt: skip
TITLES = ["Accounts Payable", "Finance Manager", "Director", "Buyer", "Project Manager", "Owner"]
MAILBOXES = ["accounts", "ap", "finance", "invoices", "purchase.ledger", "office", "info"]
FREE_MAIL = ["post.example", "mailbox.example", "letters.example"]
BUREAUX = ["ledgerbureau.example", "quillbooks.example", "tidyaccounts.example"]
