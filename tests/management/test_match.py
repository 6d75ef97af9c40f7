"""`manage.py match`: two address books in, links and questions out, whatever wrote the files."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[2]
LEFT = """id,name,email,city
a1,Zyxtron Ltd,info@zyxtron.co.uk,Leeds
a2,"Quarnby, Sons & Co",,York
a3,Nobody Else,,Bath
"""
RIGHT = """id,name,email,city
b1,ZYXTRON LIMITED,accounts@zyxtron.co.uk,Leeds
b2,Quarnby Sons and Company,,York
"""


@pytest.fixture
def books(tmp_path: Path) -> Path:
    (tmp_path / "left.csv").write_text(LEFT)
    (tmp_path / "right.csv").write_text(RIGHT)
    return tmp_path


def run(folder: Path, *options: str) -> str:
    said = io.StringIO()
    paths = [str(folder / name) for name in ("left.csv", "right.csv")]
    call_command(
        "match", *paths, "--out", str(folder / "links.csv"), *options, stdout=said, stderr=said
    )
    return said.getvalue()


def links(folder: Path) -> list[dict[str, str]]:
    with (folder / "links.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pairs(folder: Path) -> list[tuple[str, str, str]]:
    return [(row["left_id"], row["right_id"], row["decision"]) for row in links(folder)]


def test_the_links_are_written_with_their_evidence(books: Path):
    said = run(books)
    assert pairs(books) == [("a1", "b1", "link"), ("a2", "b2", "link")]
    assert links(books)[0]["evidence"].startswith("same domain +16")
    assert int(links(books)[0]["score"]) >= 60
    assert "3 records on the left and 2 on the right: 2 linked" in said


def test_json_is_one_object(books: Path):
    report = json.loads(run(books, "--json"))
    assert (report["left"], report["right"], report["links"], report["asks"]) == (3, 2, 2, 0)
    assert (report["left_without"], report["right_without"]) == (1, 0)


@pytest.mark.parametrize(
    "written",
    [
        LEFT.encode("utf-8-sig"),
        LEFT.encode("utf-16"),
        LEFT.replace(",", ";").replace('"Quarnby; Sons & Co"', '"Quarnby, Sons & Co"').encode(),
        LEFT.replace("\n", "\r\n\r\n").encode(),
        ("\n\n" + LEFT).encode(),
        ("sep=,\r\n" + LEFT).encode(),
        LEFT.replace("id,name,email,city", "Id,Account Name,E-Mail,Billing City").encode(),
        LEFT.replace("id,name", "note,id,name").replace("\na", "\n,a").encode(),
    ],
    ids=["bom", "utf-16", "semicolons", "empty lines", "late", "sep=", "headings", "more columns"],
)
def test_a_book_is_read_however_it_was_written(books: Path, written: bytes):
    (books / "left.csv").write_bytes(written)
    run(books)
    assert pairs(books) == [("a1", "b1", "link"), ("a2", "b2", "link")]


def test_windows_letters_are_read(books: Path):
    (books / "left.csv").write_bytes("id,name,city\na1,Müller Zyxtron,Köln\n".encode("cp1252"))
    (books / "right.csv").write_text("id,name,city\nb1,Mueller Zyxtron,Koeln\n")
    run(books)
    assert pairs(books) == [("a1", "b1", "link")]


def test_rows_without_an_id_are_called_by_their_line(books: Path):
    (books / "left.csv").write_text("name,city\nNobody Else,Bath\n\nZyxtron Ltd,Leeds\n")
    said = run(books)
    assert pairs(books) == [("line 4", "b1", "link")]
    assert "left.csv has no column id" in said
    (books / "left.csv").write_text("id,name,city\na1,Nobody Else,Bath\n,Zyxtron Ltd,Leeds\n")
    assert "1 rows have no id" in run(books)
    assert pairs(books) == [("line 3", "b1", "link")]


def test_rows_of_one_id_and_name_are_one_record(books: Path):
    rows = "id,name,email,city\na1,Zyxtron Ltd,,\na1,ZYXTRON LTD,info@zyxtron.co.uk,Leeds\n"
    (books / "left.csv").write_text(rows)
    run(books)
    (row,) = links(books)
    assert row["decision"] == "link"
    assert "same domain" in row["evidence"]


def test_an_id_of_two_different_records_is_never_linked_unasked(books: Path):
    (books / "left.csv").write_text(LEFT + "a1,Somebody Different,,Hull\n")
    said = run(books)
    assert ("a1", "b1", "ask") in pairs(books)
    assert "1 ids stand for different names" in said


def test_ids_come_back_as_they_were(books: Path):
    (books / "left.csv").write_text('id,name,city\n"=1,""2",Zyxtron,Leeds\n')
    run(books)
    assert pairs(books) == [('=1,"2', "b1", "link")]
    assert all(row["evidence"][0] not in "=+-@" for row in links(books))


@pytest.mark.parametrize(
    "header",
    [
        "AccountId,Name,BillingStreet,BillingCity,BillingPostalCode,BillingCountry",
        "Account ID,Account Name,Billing Street,Billing City,Billing Zip/Postal Code,"
        "Billing Country",
        "ContactID,ContactName,POAddressLine1,POCity,POPostalCode,POCountry",
    ],
)
def test_headings_of_both_systems_exports_are_understood(books: Path, header: str):
    (books / "left.csv").write_text(f"{header}\na1,Zyxtron Ltd,4 Mill Lane,Leeds,LS1 2AB,UK\n")
    (books / "right.csv").write_text(
        "id,name,street,city,postcode,country\nb1,Zyxtron,4 Mill Lane,Leeds,LS1 2AB,UK\n"
    )
    run(books)
    assert pairs(books) == [("a1", "b1", "link")]
    for reason in ("same address", "same postcode", "same city", "same country"):
        assert reason in links(books)[0]["evidence"]


def test_persons_need_no_name_column(books: Path):
    for side, first in (("left", "Anna"), ("right", "A.")):
        head = "id,first_name,last_name,email,postcode\n"
        row = f"{side},{first},Quarnby,anna.quarnby@gmail.com,LS1 2AB\n"
        (books / f"{side}.csv").write_text(head + row)
    run(books)
    assert pairs(books) == [("left", "right", "link")]


def test_the_country_of_a_book_can_be_told(books: Path):
    (books / "right.csv").write_text("id,name,country\nb1,Zyxtron Ltd,Germany\n")
    run(books, "--country", "England")
    assert not [row for row in pairs(books) if row[2] == "link"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "no text file"),
        (b"", "none of the columns"),
        (b"id,colour\n1,red\n", "none of the columns"),
    ],
)
def test_what_is_no_address_book_is_said_so(books: Path, content: bytes, says: str):
    (books / "left.csv").write_bytes(content)
    with pytest.raises(CommandError, match=says):
        run(books)
    assert not (books / "links.csv").exists()


def test_a_missing_file_a_wrong_country_and_an_input_as_output_are_refused(books: Path):
    with pytest.raises(CommandError, match="no country"):
        run(books, "--country", "Atlantis")
    with pytest.raises(CommandError, match="one of the address books"):
        run(books, "--out", str(books / "left.csv"))
    with pytest.raises(CommandError, match="cannot be written"):
        run(books, "--out", str(books / "none" / "links.csv"))
    (books / "right.csv").unlink()
    with pytest.raises(CommandError, match="There is no file"):
        run(books)
    assert (books / "left.csv").read_text() == LEFT


def test_what_was_written_before_stays_when_a_book_cannot_be_read(books: Path):
    (books / "links.csv").write_text("as it was")
    (books / "left.csv").write_bytes(b"\0")
    with pytest.raises(CommandError):
        run(books)
    assert (books / "links.csv").read_text() == "as it was"
    assert {path.name for path in books.iterdir()} == {"left.csv", "right.csv", "links.csv"}


@pytest.mark.slow
def test_it_needs_neither_a_database_nor_a_worker(books: Path):
    names = ("match", "left.csv", "right.csv", "--out", "links.csv")
    paths = [str(books / name) if name.endswith("csv") else name for name in names]
    environment = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    command = [sys.executable, str(ROOT / "manage.py"), *paths]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 linked" in done.stdout
    missing = subprocess.run(
        [*command[:3], "nowhere.csv", *command[4:]],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (missing.returncode, missing.stderr) == (
        1,
        "CommandError: There is no file nowhere.csv.\n",
    )
