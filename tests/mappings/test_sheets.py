"""Sheets of any mapping come back as they were; foreign, doubled and clever ones are refused."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connections.models import Pair
from mappings import drafting, sheets, words
from mappings.content import differences
from mappings.models import DraftChange
from mappings.sheets import Unreadable
from sync.core.flow import Flow
from sync.flows.registry import every_flow
from tests.factories import PairFactory
from tests.mappings.test_exchange import FLOW, KEY, lines, page, upload

WORDS = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029"), max_size=60
).map(str.strip)
CONDITIONS = st.lists(
    st.builds(
        lambda operator, value: {"path": "Account.Name", "operator": operator, "value": value},
        st.sampled_from(list(words.OPERATORS)),
        WORDS,
    ),
    max_size=3,
)


@st.composite
def contents(draw: st.DrawFn, flow: Flow) -> dict[str, Any]:
    """A mapping of a flow with any texts in any of its fields and tables."""
    fields = {
        rule.target: {
            "source": draw(WORDS),
            "transform": draw(st.sampled_from(list(words.TRANSFORMS))),
            "argument": draw(WORDS),
            "owner": draw(st.sampled_from(list(words.OWNERS))),
            "empty": draw(st.sampled_from(list(words.EMPTY))),
            "active": draw(st.booleans()),
        }
        for rule in flow.fields
    }
    tables = sorted(words.tables_of(flow))
    chosen = draw(st.lists(st.sampled_from(tables), max_size=8)) if tables else []
    rows = [
        {
            "key": str(number),
            "table": table,
            "name": draw(WORDS),
            "value": draw(WORDS),
            "conditions": draw(CONDITIONS),
            "active": draw(st.booleans()),
        }
        for number, table in enumerate(sorted(chosen), start=1)
    ]
    return {"fields": fields, "rows": rows}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_mapping_of_any_flow_comes_back_from_a_sheet_as_it_was(
    kind: str, data: st.DataObject
) -> None:
    flow = data.draw(st.sampled_from(list(every_flow().values())))
    said = data.draw(contents(flow))
    file = sheets.write(kind, sheets.lines_of(flow, said))
    wanted, faults = sheets.wanted(flow, said, sheets.read(f"x.{kind}", file))
    assert faults == []
    assert differences(said, wanted) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_spreadsheets_save_as_text_is_read_whatever_its_separator(encoding: str) -> None:
    for separator in ",;\t":
        text = f"table{separator}row{separator}in use{separator}gives\n"
        text += f"status{separator}{separator}yes{separator}DRÄFT – £\n"
        (line,) = sheets.read("x.csv", text.encode(encoding))
        assert line["gives"] == "DRÄFT – £"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_letters_of_an_old_windows_are_refused_and_not_guessed(mark: bytes) -> None:
    text = "table,row,in use,gives\nstatus,,yes,DRÄFT £\n".encode("cp1252")
    with pytest.raises(Unreadable, match="CSV UTF-8"):
        sheets.read("x.csv", mark + text)


@pytest.mark.parametrize("file", [b"", b"\n", b"table,row,in use\n"])
def test_an_empty_file_changes_nothing(file: bytes, pair: Pair) -> None:
    try:
        found = sheets.read("x.csv", file)
    except Unreadable:
        return
    said = drafting.draft_of(pair, KEY).content
    assert sheets.wanted(FLOW, said, found) == (said, [])


def test_a_cell_with_a_formula_is_refused_by_its_place() -> None:
    book = openpyxl.Workbook()
    book.active.append(["table", "row", "in use", "gives"])
    book.active.append(["status", "", "yes", "=A1"])
    file = io.BytesIO()
    book.save(file)
    with pytest.raises(Unreadable, match="Cell D2 holds a formula"):
        sheets.read("x.xlsx", file.getvalue())


def test_a_row_that_stands_there_twice_is_refused(finance: Client, pair: Pair) -> None:
    found = lines(pair)
    twice = next(line for line in found if line["table"] == "status")
    status, text = upload(finance, pair, [*found, {**twice, "gives": "AUTHORISED"}])
    assert status == 400
    assert "of “status” stands there twice" in text
    assert not DraftChange.objects.exists()


def test_the_sheet_of_another_pair_is_refused_as_its_numbers_mean_other_rows(
    finance: Client, pair: Pair
) -> None:
    other = PairFactory.create(name="Fernhill Pty")
    answer = finance.get(reverse("admin:mappings_sheet", args=[other.pk, KEY, "csv"]))
    file = SimpleUploadedFile("mapping.csv", answer.content)
    answer = finance.post(page(pair), {"act": "import", "sheet": file})
    assert answer.status_code == 400
    assert "It is the sheet of another mapping: Fernhill Pty" in answer.content.decode()


def test_ones_own_sheet_comes_back_and_a_large_one_is_read_too(finance: Client, pair: Pair) -> None:
    answer = finance.get(reverse("admin:mappings_sheet", args=[pair.pk, KEY, "xlsx"]))
    file = SimpleUploadedFile("mapping.xlsx", answer.content)
    answer = finance.post(page(pair), {"act": "import", "sheet": file})
    assert answer.status_code == 200
    many = [
        {"table": "words", "row": "", "gives": f"text {n}", "in use": "yes"} for n in range(2000)
    ]
    found = sheets.read("x.xlsx", sheets.write("xlsx", many))
    assert len(found) == 2000
