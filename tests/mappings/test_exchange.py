"""A mapping leaves as a sheet and comes back the same; what comes is shown before it is taken."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from connections.models import Pair
from mappings import copying, drafting, sheets
from mappings.content import differences
from mappings.models import DraftChange, FieldMapping
from mappings.rules import rules_for
from mappings.sheets import Unreadable
from sync.flows.registry import every_flow
from tests.factories import PairFactory
from tests.mappings.conftest import publish

KEY = "won_opportunity_invoice"
FLOW = every_flow()[KEY]
SMALL = [{"path": "=amount", "operator": "below", "value": "1000"}]


def page(pair: Pair, name: str = "exchange", *more: str) -> str:
    return reverse(f"admin:mappings_{name}", args=[pair.pk, KEY, *more])


def lines(pair: Pair) -> list[dict[str, str]]:
    return sheets.lines_of(FLOW, drafting.draft_of(pair, KEY).content)


def add(pair: Pair, **parts: Any) -> None:
    row = {"table": "status", "name": "Small", "value": "AUTHORISED", "conditions": SMALL}
    drafting.add_row(pair, KEY, {**row, "active": True, **parts}, "priya")


def upload(
    client: Client, pair: Pair, changed: list[dict[str, str]], kind: str = "csv"
) -> tuple[int, str]:
    file = SimpleUploadedFile(f"mapping.{kind}", sheets.write(kind, changed))
    answer = client.post(page(pair), {"act": "import", "sheet": file})
    return answer.status_code, answer.content.decode().replace("&#x27;", "'")


def packed(text: str) -> str:
    return text.partition('name="packed" value="')[2].partition('"')[0]


def take(client: Client, pair: Pair, text: str) -> int:
    return client.post(page(pair), {"act": "take", "packed": packed(text)}).status_code


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("flow", every_flow())
def test_a_sheet_that_comes_back_changes_nothing(pair: Pair, kind: str, flow: str) -> None:
    said = drafting.draft_of(pair, flow).content
    file = sheets.write(kind, sheets.lines_of(every_flow()[flow], said))
    wanted, faults = sheets.wanted(every_flow()[flow], said, sheets.read(f"x.{kind}", file))
    assert faults == []
    assert differences(said, wanted) == []


def test_no_cell_of_a_sheet_is_a_formula(pair: Pair) -> None:
    add(pair, name='=HYPERLINK("http://evil.example")', value="=item", table="account_code")
    text = sheets.write("csv", lines(pair)).decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert "'=item" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    book = openpyxl.load_workbook(io.BytesIO(sheets.write("xlsx", lines(pair))))
    assert all(cell.data_type != "f" for row in book.worksheets[0].iter_rows() for cell in row)
    said = drafting.draft_of(pair, KEY).content
    back, _ = sheets.wanted(FLOW, said, sheets.read("x.csv", sheets.write("csv", lines(pair))))
    assert differences(said, back) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_import_is_shown_first_and_then_kept_in_the_draft(
    finance: Client, pair: Pair, kind: str
) -> None:
    changed = lines(pair)
    (date,) = (line for line in changed if line["row"] == "date")
    date |= {"how": "days later", "with": "14"}
    new = {
        "table": "status",
        "row": "",
        "when field 1": "=amount",
        "comparison 1": "is below",
        "value 1": "1000",
        "gives": "AUTHORISED",
        "what it is for": "Small",
        "in use": "yes",
    }
    changed.insert(len(FLOW.fields), new)
    status, text = upload(finance, pair, changed, kind)
    assert status == 200
    assert "<ins>CloseDate, 14 days later</ins>" in text
    assert "</span>added</span>" in text
    assert not DraftChange.objects.exists()
    assert take(finance, pair, text) == 302
    draft = drafting.draft_of(pair, KEY)
    assert [row["value"] for row in draft.content["rows"] if row["table"] == "status"] == [
        "AUTHORISED",
        "DRAFT",
    ]
    assert {each.changed_by for each in draft.told} == {"finance"}
    publish(pair, KEY)
    assert [row.value for row in rules_for(pair, KEY).table("status")] == ["AUTHORISED", "DRAFT"]


def test_rows_are_tried_in_the_order_of_the_sheet(finance: Client, pair: Pair) -> None:
    add(pair)
    publish(pair, KEY)
    changed = lines(pair)
    status = [i for i, line in enumerate(changed) if line["table"] == "status"]
    changed[status[0]], changed[status[1]] = changed[status[1]], changed[status[0]]
    _, text = upload(finance, pair, changed)
    assert "</span>moved</span>" in text
    take(finance, pair, text)
    publish(pair, KEY)
    assert [row.value for row in rules_for(pair, KEY).table("status")] == ["DRAFT", "AUTHORISED"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"row": "dat"}, "“dat” is no field of this flow"),
        ({"how": "backwards"}, "“backwards” cannot stand under “how”"),
        ({"in use": "perhaps"}, "neither yes nor no"),
        ({"Salesforce field": "CloseDte"}, "Did you mean CloseDate?"),
        ({"how": "days later", "with": "soon"}, "Line {line}: Date: Give a whole number of days"),
        ({"table": "nonsense"}, "“nonsense” is no table of this flow"),
        ({"with": "x" * 501}, "more than 500 characters"),
    ],
)
def test_a_sheet_with_a_fault_is_refused_whole_and_names_it(
    finance: Client, pair: Pair, change: dict[str, str], sentence: str
) -> None:
    changed = lines(pair)
    (date,) = (line for line in changed if line["row"] == "date")
    date |= change
    status, text = upload(finance, pair, changed)
    assert status == 400
    assert sentence.format(line=changed.index(date) + 2) in text
    assert 'value="take"' not in text
    take(finance, pair, text)
    assert not DraftChange.objects.exists()


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("x.xlsx", b"nothing"),
        ("x.csv", b"\xff\xfe\x00"),
        ("x.csv", b"one,two\n1,2\n"),
        ("x.csv", b""),
        ("x.xlsx", b"PK\x03\x04"),
        ("x.csv", b"x" * 1_000_001),
    ],
)
def test_a_foreign_file_is_refused_with_a_sentence(name: str, file: bytes) -> None:
    with pytest.raises(Unreadable, match=r"\w"):
        sheets.read(name, file)


def test_a_file_that_swells_is_refused_before_it_is_unpacked() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as inside:
        inside.writestr("xl/workbook.xml", b"0" * 30_000_000)
    with pytest.raises(Unreadable, match="too large"):
        sheets.read("x.xlsx", bomb.getvalue())


def test_a_sheet_with_semicolons_is_read_too(pair: Pair) -> None:
    text = sheets.write("csv", lines(pair)).decode("utf-8-sig")
    header, _, _ = text.partition("\n")
    simple = header.replace(",", ";") + "\nstatus;;;;;;;;;;;;;;;;DRAFT;Mine;yes\n"
    (line,) = sheets.read("x.csv", simple.encode())
    assert (line["gives"], line["what it is for"]) == ("DRAFT", "Mine")


def test_a_preview_of_an_older_draft_is_not_taken(finance: Client, pair: Pair) -> None:
    changed = lines(pair)
    (date,) = (line for line in changed if line["row"] == "date")
    date["Salesforce field"] = "Id"
    _, text = upload(finance, pair, changed)
    add(pair)
    assert take(finance, pair, text) == 409
    assert drafting.draft_of(pair, KEY).places["field:date"]["source"] == "CloseDate"


def test_what_was_never_shown_cannot_be_taken(finance: Client, pair: Pair) -> None:
    answer = finance.post(page(pair), {"act": "take", "packed": "forged"})
    assert answer.status_code == 400
    assert not DraftChange.objects.exists()


def test_rows_are_copied_from_another_pair_and_stay_its_own(finance: Client, pair: Pair) -> None:
    other: Pair = PairFactory.create(name="Australia")
    add(other)
    publish(other, KEY)
    row = FieldMapping.objects.get(pair=other, flow=KEY, target="date")
    row.source = "Id"
    row.save()
    sent = {"act": "copy", "from": str(other.pk), "part": ["fields", "status"]}
    text = finance.post(page(pair), sent).content.decode()
    assert take(finance, pair, text) == 302
    publish(pair, KEY)
    mine, theirs = rules_for(pair, KEY), rules_for(other, KEY)
    assert mine.tables == theirs.tables
    assert mine.fields == theirs.fields
    nothing = finance.post(page(pair), sent).content.decode()
    assert "This changes nothing" in nothing


def test_only_what_was_chosen_is_copied(pair: Pair) -> None:
    other: Pair = PairFactory.create()
    add(other)
    publish(other, KEY)
    mine = drafting.draft_of(pair, KEY).content
    theirs = drafting.draft_of(other, KEY).content
    assert differences(mine, copying.copied(mine, theirs, ["fields"])) == []
    (added,) = differences(mine, copying.copied(mine, theirs, ["status"]))
    assert added.after["value"] == "AUTHORISED"


def test_codes_that_this_organisation_does_not_know_are_not_copied(
    finance: Client, pair: Pair
) -> None:
    other: Pair = PairFactory.create()
    add(other, table="account_code", value="999", name="Theirs")
    publish(other, KEY)
    pair.xero.organisation = {"lists": {"accounts": [["200", "Sales"]]}}
    pair.xero.save()
    sent = {"act": "copy", "from": str(other.pk), "part": ["account_code"]}
    answer = finance.post(page(pair), sent)
    assert "“999” is not in use" in answer.content.decode()
    assert take(finance, pair, answer.content.decode()) == 400
    assert not DraftChange.objects.filter(pair=pair).exists()


def test_an_auditor_exports_and_imports_nothing(auditor: Client, pair: Pair) -> None:
    for kind, begin in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        answer = auditor.get(page(pair, "sheet", kind))
        assert answer.status_code == 200
        assert answer.content.startswith(begin)
    assert auditor.get(page(pair, "sheet", "pdf")).status_code == 404
    assert "Show what it would change" not in auditor.get(page(pair)).content.decode()
    for act in ("import", "copy", "take"):
        assert auditor.post(page(pair), {"act": act}).status_code == 403


@given(st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=60))
def test_any_text_of_a_cell_comes_back_as_it_was(text: str) -> None:
    plain = sheets.CONTROL.sub("", text)
    for kind in ("csv", "xlsx"):
        line = {"table": "status", "row": "1", "gives": plain, "in use": "yes"}
        (back,) = sheets.read(f"x.{kind}", sheets.write(kind, [line]))
        assert back["gives"] == plain
