"""What holds of every score and every choice."""

from hypothesis import given
from hypothesis import strategies as st

from sync.core.likeness.choosing import Decision, choose
from sync.core.likeness.keys import keys_of
from sync.core.likeness.parties import party
from sync.core.likeness.rules import SHIPPED
from sync.core.likeness.scoring import score
from sync.core.likeness.usage import Usage, usage_of

from .parties import COLUMNS, rated, rows

EQUAL = ("email", "phone", "street", "city", "region", "postcode", "country", "tax_number")


@given(rows, rows)
def test_a_score_is_the_same_from_either_side(one, other):
    left, right = party({**one, "id": "l"}), party({**other, "id": "r"})
    usage = usage_of([left, right])
    forth, back = (
        score(left, right, SHIPPED, usage),
        score(right, left, SHIPPED, usage),
    )
    assert (forth.points, bool(forth.veto)) == (back.points, bool(back.veto))
    assert forth.points == sum(reason.points for reason in forth.reasons)


@given(rows, st.sampled_from(["Zyxtron", "Quarnby Northwind", "Zyxtron Services Ltd"]))
def test_a_record_with_a_telling_name_is_always_linked_to_its_image(row, name):
    row = {**row, "name": name}
    evidence = rated(party({**row, "id": "l"}), party({**row, "id": "r"}))
    assert evidence.points >= SHIPPED.link
    assert not evidence.veto


@given(rows, st.sampled_from(["email", "phone", "tax_number", "company_number", "postcode"]))
def test_a_common_name_with_anything_of_its_own_is_linked_to_its_image(row, column):
    row = {column: "123456789", **row, "name": "Global Services"}
    if column == "email":
        row["email"] = "x.y@web.de"
    evidence = rated(party({**row, "id": "l"}), party({**row, "id": "r"}))
    assert evidence.points >= SHIPPED.link


@given(rows, rows, st.sampled_from(EQUAL), st.data())
def test_what_both_have_in_common_never_lowers_the_score(one, other, column, data):
    value = data.draw(COLUMNS[column])
    bare = [{k: v for k, v in row.items() if k != column} for row in (one, other)]
    left, right = ({**row, "name": row.get("name") or "Zyxtron"} for row in bare)
    before = score(party(left), party(right), SHIPPED, Usage())
    after = score(party({**left, column: value}), party({**right, column: value}), SHIPPED, Usage())
    assert after.points >= before.points


@given(rows)
def test_a_tie_is_never_linked(row):
    row = {**row, "name": row.get("name") or "Zyxtron"}
    subject = party({**row, "id": "s"})
    twins = [party({**row, "id": name}) for name in ("a", "b")]
    usage = usage_of([subject, *twins])

    def look(one):
        others = twins if one.id == "s" else [subject]
        return [(other, score(one, other, SHIPPED, usage)) for other in others]

    choice = choose(subject, look, lambda x, y: score(x, y, SHIPPED, usage), SHIPPED)
    assert choice.decision is not Decision.LINK


@given(rows)
def test_every_key_fits_its_column_and_images_share_all_of_them(row):
    keys = keys_of(party({**row, "id": "l", "id:Customer number of the ERP system": "7"}))
    assert keys == keys_of(party({**row, "id": "r", "id:Customer number of the ERP system": "7"}))
    assert all(0 < len(name) <= 20 and 0 < len(value) <= 600 for name, value in keys)


@given(*[st.dictionaries(st.sampled_from(sorted(COLUMNS)), st.text())] * 2)
def test_any_text_at_all_can_be_scored(one, other):
    left, right = party(one), party(other)
    evidence = score(left, right, SHIPPED, usage_of([left, right]))
    assert evidence.points == score(right, left, SHIPPED, usage_of([left, right])).points
    assert not any("\0" in value for _, value in keys_of(left))  # a database would refuse it
