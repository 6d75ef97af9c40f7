"""The conflict desk: nothing is decided by default, and each field is saved on its own."""

from __future__ import annotations

from django.urls import reverse

from connections.models import Pair
from mappings.models import FieldMapping
from sync.core import snapshots
from sync.engine import deciding
from sync.models import Decision, Notice, ReviewItem, ReviewNote, ReviewSubject
from tests.desks.conflicts import PHONE, form, page, post
from tests.desks.conftest import SignIn
from tests.disputes import dispute


def test_all_fields_of_a_record_stand_together_and_no_one_elses(
    sign_in: SignIn, pair: Pair, fields: list[ReviewItem]
) -> None:
    dispute(pair, 2, "Fairlight", {"website": ("Website", ("x.example", "y.example", "z.example"))})
    text = page(sign_in("Finance"), fields[0])
    assert "Three fields were changed in both systems" in text
    assert [text.count(f'name="choice_{item.pk}" value="xero"') for item in fields] == [1, 1, 1]
    assert "y.example" not in text


def test_no_field_has_a_choice_before_a_person_makes_one(
    sign_in: SignIn, fields: list[ReviewItem]
) -> None:
    text = page(sign_in("Finance"), fields[0])
    for item in fields:
        assert f'name="choice_{item.pk}" value="" checked' in text
    assert "0 of 3 decided" in text


def test_each_field_is_saved_as_chosen_and_the_rest_stays_open(
    sign_in: SignIn, fields: list[ReviewItem]
) -> None:
    email, phone, terms = fields
    answer = post(
        sign_in("Finance"), fields, act="save",
        **{f"choice_{email.pk}": "xero", f"choice_{phone.pk}": "apart"},
    )  # fmt: skip
    assert answer.status_code == 302
    made = {d.item_id: (d.choice, d.by, d.cause) for d in Decision.objects.all()}
    assert made == {
        email.pk: ("xero", "finance", "conflict:email"),
        phone.pk: ("apart", "finance", "conflict:phone"),
    }
    terms.refresh_from_db()
    assert terms.answered_at is None
    assert Notice.objects.filter(source="decision").exists()


def test_what_was_typed_goes_with_the_answer(sign_in: SignIn, fields: list[ReviewItem]) -> None:
    phone = fields[1]
    values = {f"choice_{phone.pk}": "value", f"typed_{phone.pk}": " +44 117 496 0199 "}
    post(sign_in("Finance"), fields, act="save", **values)
    kept = Decision.objects.get()
    assert snapshots.load(kept.values) == {"phone": "+44 117 496 0199"}


def test_typing_nothing_decides_nothing(sign_in: SignIn, fields: list[ReviewItem]) -> None:
    answer = post(sign_in("Finance"), fields, act="save", **{f"choice_{fields[1].pk}": "value"})
    assert "Type what it is to be" in answer.content.decode()
    assert not Decision.objects.exists()


def test_fields_are_called_changed_since_a_day_only_where_all_were_agreed_then(
    sign_in: SignIn, fields: list[ReviewItem]
) -> None:
    client = sign_in("Finance")
    address = reverse("conflict_desk")
    assert "changed in both systems since" in client.get(address).content.decode()
    fields[0].details["was"] = None
    fields[0].save()
    text = client.get(address).content.decode()
    assert "changed in both systems since" not in text


def test_saving_nothing_says_so(sign_in: SignIn, fields: list[ReviewItem]) -> None:
    answer = post(sign_in("Finance"), fields, act="save")
    assert "Nothing is decided yet" in answer.content.decode()


def test_a_field_that_moved_meanwhile_asks_again_and_the_others_are_saved(
    sign_in: SignIn, fields: list[ReviewItem]
) -> None:
    email, phone, _ = fields
    sent = form(
        fields, act="save",
        **{f"choice_{email.pk}": "xero", f"choice_{phone.pk}": "value",
           f"typed_{phone.pk}": "my own number"},
    )  # fmt: skip
    phone.details["salesforce"]["shown"] = "+44 7700 900 999"
    phone.save()
    text = sign_in("Finance").post(reverse("conflict_desk"), sent).content.decode()
    assert [d.item_id for d in Decision.objects.all()] == [email.pk]
    assert "Phone changed while you looked" in text
    assert "+44 7700 900 999" in text
    assert 'value="my own number"' in text
    assert f'name="choice_{phone.pk}" value="" checked' in text


def test_the_slower_of_two_colleagues_is_told_and_changes_nothing(
    sign_in: SignIn, fields: list[ReviewItem]
) -> None:
    email, phone, _ = fields
    sent = form(
        fields, act="save", **{f"choice_{email.pk}": "xero", f"choice_{phone.pk}": "salesforce"}
    )
    deciding.decide(email.pk, "salesforce", "tom")
    text = sign_in("Finance").post(reverse("conflict_desk"), sent).content.decode()
    assert "tom answered already: “Keep Salesforce’s”" in text
    made = {d.item_id: d.choice for d in Decision.objects.all()}
    assert made == {email.pk: "salesforce", phone.pk: "salesforce"}


def test_when_all_was_answered_by_a_colleague_the_next_record_comes_with_the_news(
    sign_in: SignIn, fields: list[ReviewItem]
) -> None:
    sent = form(fields, act="save", **{f"choice_{fields[0].pk}": "xero"})
    for item in fields:
        deciding.decide(item.pk, "salesforce", "tom")
    answer = sign_in("Finance").post(reverse("conflict_desk"), sent, follow=True)
    assert "Your answer was not kept" in answer.content.decode()
    assert Decision.objects.filter(by="finance").count() == 0


def test_an_auditor_sees_all_and_has_nothing_to_press(
    sign_in: SignIn, fields: list[ReviewItem]
) -> None:
    auditor = sign_in("Auditors")
    text = page(auditor, fields[0])
    assert "b@one.example" in text.replace("<wbr>", "").replace("<mark>", "").replace("</mark>", "")
    assert 'type="radio"' not in text
    assert "Save and next" not in text
    sent = form(fields, act="save", **{f"choice_{fields[0].pk}": "xero"})
    assert auditor.post(reverse("conflict_desk"), sent).status_code == 403
    assert auditor.post(reverse("conflict_effect"), sent).status_code == 403


def test_keep_all_needs_no_script_and_saves_nothing_yet(
    sign_in: SignIn, fields: list[ReviewItem]
) -> None:
    text = post(sign_in("Finance"), fields, act="all-salesforce").content.decode()
    for item in fields:
        assert f'name="choice_{item.pk}" value="salesforce" checked' in text
    assert not Decision.objects.exists()


def test_the_effect_is_told_in_fields_and_systems(
    sign_in: SignIn, fields: list[ReviewItem]
) -> None:
    email, phone, _ = fields
    sent = form(fields, **{f"choice_{email.pk}": "xero", f"choice_{phone.pk}": "salesforce"})
    text = sign_in("Finance").post(reverse("conflict_effect"), sent).content.decode()
    assert "2 of 3 decided" in text
    assert "1 field to Xero and 1 field to Salesforce" in text
    assert "Still open: Payment terms" in text


def test_every_time_makes_the_rule_only_for_who_may_and_only_when_saved(
    sign_in: SignIn, pair: Pair, fields: list[ReviewItem]
) -> None:
    phone = fields[1]
    wanted = {f"choice_{phone.pk}": "xero", f"every_{phone.pk}": "on"}
    administrator = sign_in("Administrators")
    post(administrator, fields, act="update", **wanted)
    assert not FieldMapping.objects.filter(pair=pair, target="phone", owner="xero").exists()
    answer = administrator.post(
        reverse("conflict_desk"), form(fields, act="save", **wanted), follow=True
    )
    assert "Xero owns it from now on" in answer.content.decode()
    assert FieldMapping.objects.get(pair=pair, target="phone").owner == "xero"


def test_finance_decides_but_makes_no_rule(
    sign_in: SignIn, pair: Pair, fields: list[ReviewItem]
) -> None:
    phone = fields[1]
    finance = sign_in("Finance")
    assert f'name="every_{phone.pk}"' not in page(finance, phone)
    post(
        finance, fields, act="save",
        **{f"choice_{phone.pk}": "xero", f"every_{phone.pk}": "on"},
    )  # fmt: skip
    assert Decision.objects.get().choice == "xero"
    assert not FieldMapping.objects.filter(pair=pair, target="phone", owner="xero").exists()


def test_a_rule_is_offered_with_the_count_of_past_cases_and_who_was_decided_otherwise(
    sign_in: SignIn, pair: Pair, fields: list[ReviewItem]
) -> None:
    for number, choice in [(11, "xero"), (12, "xero"), (13, "salesforce")]:
        (item,) = dispute(pair, number, f"Larch {number}", {"phone": PHONE})
        deciding.decide(item.pk, choice, "tom")
    text = " ".join(page(sign_in("Administrators"), fields[1]).split())
    assert "Of the last 3 conflicts on it, 2 were decided for Xero" in text
    assert "the other one is Larch 13" in text
    otherwise = sign_in("Administrators").get(
        reverse("past_decisions", args=["conflict"]), {"field": "phone", "but": "xero"}
    )
    listed = otherwise.content.decode()
    assert "Larch 13" in listed
    assert "Larch 11" not in listed


def test_a_word_and_a_name_are_kept_for_all_fields_of_the_record(
    sign_in: SignIn, fields: list[ReviewItem]
) -> None:
    finance = sign_in("Finance")
    me = str(finance.session["_auth_user_id"])
    sent = form(fields, act="note", text="Ask Ana.", to=me)
    finance.post(reverse("conflict_desk"), sent)
    assert ReviewNote.objects.get().text == "Ask Ana."
    assert set(ReviewItem.objects.values_list("assignee", flat=True)) == {int(me)}
    deciding.decide(fields[0].pk, "xero", "tom")
    assert "Ask Ana." in page(finance, fields[1])


def test_a_value_of_several_lines_is_shown_and_typed_in_lines(sign_in: SignIn, pair: Pair) -> None:
    street = ("Billing street", ("Canal House", "Canal House", "Canal House\n88 Kirkstall Road"))
    (item,) = dispute(pair, 1, "Calder", {"billing_street": street})
    finance = sign_in("Finance")
    assert "<br>" in page(finance, item)
    assert f'<textarea name="typed_{item.pk}"' in page(finance, item)
    values = {f"choice_{item.pk}": "value", f"typed_{item.pk}": "Canal House\r\nKirkstall Road"}
    post(finance, [item], act="save", **values)
    kept = snapshots.load(Decision.objects.get().values)
    assert kept == {"billing_street": "Canal House\nKirkstall Road"}


def test_what_never_agreed_is_not_said_to_have_changed(
    sign_in: SignIn, fields: list[ReviewItem]
) -> None:
    for item in fields:
        item.details["was"] = None
        item.save()
    text = page(sign_in("Finance"), fields[0])
    assert "Three fields differ between the systems" in text
    assert text.count("never agreed") == 3


def test_a_refused_write_of_the_record_is_told_on_its_page(
    sign_in: SignIn, pair: Pair, fields: list[ReviewItem]
) -> None:
    trouble = ReviewItem.objects.create(
        pair=pair, flow=fields[0].flow, kind="problem", cause="refused:email", holds=True,
        title="Xero refused the billing e-mail", explanation="It is no valid address.",
        last_seen=fields[0].last_seen,
    )  # fmt: skip
    ReviewSubject.objects.create(item=trouble, subject=fields[0].subjects.get().subject)
    other = dispute(pair, 2, "Fairlight", {"phone": PHONE})[0]
    finance = sign_in("Finance")
    assert "Xero refused the billing e-mail" in page(finance, fields[0])
    assert "Xero refused the billing e-mail" not in page(finance, other)
