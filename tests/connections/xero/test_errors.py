"""What Xero's answers mean: every status and body that is known of, and the values in them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from connections.limits import Reading
from connections.transport import Reply
from connections.xero import values
from connections.xero.errors import TONGUE, WholeRefusal
from connections.xero.refusals import refusal
from sync.core.errors import ConnectionBroken, NeedsPerson, OutcomeUnknown, TryAgain

UNAUTHORISED = '{"Type":null,"Title":"Unauthorized","Status":401,"Detail":"%s","Extensions":{}}'
BAD_QUERY = '{"ErrorNumber":16,"Type":"QueryParseException","Message":"No property X exists"}'
BAD_BODY = '{"ErrorNumber":14,"Type":"PostDataInvalidException","Message":"Error converting"}'
INVALID = (
    '{"ErrorNumber":10,"Type":"ValidationException","Message":"A validation exception occurred",'
    '"Elements":[{"ValidationErrors":[{"Message":"Invoice # must be unique."}]}]}'
)


def reply(status: int, body: str = "", **headers: str) -> Reply:
    return Reply(status, {k.replace("_", "-"): v for k, v in headers.items()}, body.encode())


ANSWERS: list[tuple[Reply, type, type, str]] = [
    # the reply, what it means for a read, for a write, words in it
    (reply(400, BAD_QUERY), NeedsPerson, NeedsPerson, "No property X"),
    (reply(400, BAD_BODY), NeedsPerson, NeedsPerson, "Error converting"),
    (reply(400, INVALID), WholeRefusal, WholeRefusal, "validation"),
    (reply(400, "<html>Bad</html>"), NeedsPerson, NeedsPerson, "Bad"),
    (
        reply(400, '{"Detail":"Idempotency Key: k is used with a different request."}'),
        OutcomeUnknown,
        OutcomeUnknown,
        "key",
    ),
    (
        reply(401, UNAUTHORISED % "AuthenticationUnsuccessful"),
        ConnectionBroken,
        ConnectionBroken,
        "connect again",
    ),
    (
        reply(401, UNAUTHORISED % "TokenExpired: token expired"),
        ConnectionBroken,
        ConnectionBroken,
        "connect again",
    ),
    (
        reply(401, "", www_authenticate="insufficent_scope"),
        ConnectionBroken,
        ConnectionBroken,
        "lacks a right",
    ),
    (
        reply(403, "", www_authenticate='Bearer error="insufficient_scope"'),
        ConnectionBroken,
        ConnectionBroken,
        "lacks a right",
    ),
    (
        reply(403, UNAUTHORISED % "AuthenticationUnsuccessful"),
        ConnectionBroken,
        ConnectionBroken,
        "does not let this sign-in",
    ),
    (reply(404, "The resource you're looking for"), NeedsPerson, NeedsPerson, "no such record"),
    (reply(405), NeedsPerson, NeedsPerson, "status 405"),
    (reply(412), TryAgain, TryAgain, "changed"),
    (reply(413), NeedsPerson, NeedsPerson, "too large"),
    (reply(429, x_rate_limit_problem="minute", retry_after="7"), TryAgain, TryAgain, "minute"),
    (reply(429, x_rate_limit_problem="day", retry_after="9000"), TryAgain, TryAgain, "today"),
    (reply(429, x_rate_limit_problem="concurrent"), TryAgain, TryAgain, "under way"),
    (reply(429, x_rate_limit_problem="appminute"), TryAgain, TryAgain, "This app"),
    (reply(429, "<html>"), TryAgain, TryAgain, "no more calls"),
    (reply(500, '{"Type":"InternalServerException"}'), TryAgain, OutcomeUnknown, "status 500"),
    (reply(501), TryAgain, OutcomeUnknown, "status 501"),
    (reply(502, "<html>"), TryAgain, OutcomeUnknown, "status 502"),
    (reply(503, "The Organisation is offline"), TryAgain, TryAgain, "organisation is offline"),
    (
        reply(503, "The Xero API is currently offline for maintenance"),
        TryAgain,
        TryAgain,
        "maintenance",
    ),
    (reply(503, "The Xero API is temporarily unavailable"), TryAgain, TryAgain, "temporarily"),
    (reply(503, "<html>upstream"), TryAgain, OutcomeUnknown, "status 503"),
    (reply(504), TryAgain, OutcomeUnknown, "status 504"),
]


@pytest.mark.parametrize(("answer", "for_read", "for_write", "words"), ANSWERS)
def test_every_answer_has_its_meaning(
    answer: Reply, for_read: type, for_write: type, words: str
) -> None:
    for writes, meaning in ((False, for_read), (True, for_write)):
        error = TONGUE.refusal(answer, writes)
        assert type(error) is meaning
        assert words in str(error)


@pytest.mark.parametrize("status", [200, 204, 304])
def test_a_good_answer_is_no_refusal(status: int) -> None:
    assert TONGUE.refusal(reply(status), True) is None


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_write_that_failed_inside_xero_goes_on_under_a_fresh_key(status: int) -> None:
    error = TONGUE.refusal(reply(status), True)
    assert isinstance(error, OutcomeUnknown)
    assert error.fresh_key


@pytest.mark.parametrize(
    ("answer", "least", "most"),
    [
        (reply(429, x_rate_limit_problem="minute", retry_after="7"), 6, 7),
        (reply(429, x_rate_limit_problem="minute"), 59, 60),
        (reply(429, x_rate_limit_problem="day", retry_after="9000"), 8999, 9000),
        (reply(429, x_rate_limit_problem="day", retry_after="9000000"), 86_399, 86_400),
        (reply(429, x_rate_limit_problem="concurrent"), 0.9, 3),
        (reply(503, "The Organisation is offline"), 299, 300),
    ],
)
def test_a_limit_holds_for_the_whole_connection_until_its_time(
    answer: Reply, least: float, most: float
) -> None:
    error = TONGUE.refusal(answer, True)
    assert isinstance(error, TryAgain)
    assert error.whole_connection
    assert error.after is not None
    assert least <= (error.after - timezone.now()).total_seconds() <= most


@pytest.mark.parametrize(
    ("answer", "ended"),
    [
        (reply(401, UNAUTHORISED % "TokenExpired"), True),
        (reply(401), True),
        (reply(401, www_authenticate="insufficent_scope"), False),
        (reply(403), False),
        (reply(200), False),
    ],
)
def test_only_an_ended_token_is_renewed(answer: Reply, ended: bool) -> None:
    assert TONGUE.token_ended(answer) is ended


def test_headers_tell_what_is_left() -> None:
    headers = {"x-daylimit-remaining": "4998", "x-minlimit-remaining": "58"}
    assert TONGUE.reading(headers) == Reading(minute_left=58, day_left=4998)
    assert TONGUE.reading({"x-rate-limit-problem": "day"}) == Reading(day_left=0)
    assert TONGUE.reading({"x-daylimit-remaining": "soon"}) == Reading()


REFUSALS = [
    ("Account code '310' has been archived, or deleted.", "account:310", "table"),
    ("Account code '99' is not a valid code for this document.", "account:99", "table"),
    (
        "The TaxType code 'INPUT2' cannot be used with account code '200' as it is for sales.",
        "tax:INPUT2:200",
        "table",
    ),
    ("The TaxType code NONE does not exist or cannot be used.", "tax:NONE", "table"),
    ("Organisation is not subscribed to currency NZD", "currency:NZD", ""),
    ("Users Organisation is not subscribed to currency NZD", "currency:NZD", ""),
    (
        "The document date cannot be before the period lock date, currently set at 30 June 2026.",
        "locked:30 June 2026",
        "",
    ),
    (
        "The document date cannot be before the end of year lock date, currently set at 31 March.",
        "locked:31 March",
        "",
    ),
    ("Item code 'PEG' is not valid", "item:PEG", "mapping"),
    ("Invoice # must be unique.", "invoice_number_taken", ""),
    (
        "The contact with the specified contact details has been archived. The contact must be "
        "un-archived before creating new invoices or credit notes.",
        "contact_archived:c-1",
        "",
    ),
    (
        "The contact name Aire is already assigned to another contact. The contact name must be "
        "unique across all active contacts.",
        "contact_name:Aire",
        "",
    ),
    ("Email address must be valid.", "email:Aire", ""),
    ("You have reached the limit of invoices you can approve", "approval_limit", "table"),
    (
        "This document cannot be edited as it has a payment or credit note allocated to it.",
        "not_editable:i-1",
        "",
    ),
    ("Invoice not of valid status for modification", "not_editable:i-1", ""),
]


@pytest.mark.parametrize(("message", "cause", "place"), REFUSALS)
def test_a_known_sentence_tells_finance_what_to_do(message: str, cause: str, place: str) -> None:
    element = {"InvoiceID": "i-1", "Name": "Aire", "Contact": {"ContactID": "c-1"}}
    error = refusal([message], element)
    assert error.cause == cause
    assert error.fix.hint
    assert error.fix.place == place


def test_an_unknown_sentence_is_passed_on_and_groups_with_its_like() -> None:
    one, other = (refusal([f"Line {n} is odd in a new way."], {}) for n in (1, 2))
    assert "Line 1 is odd in a new way." in str(one)
    assert one.cause == other.cause == "xero:line_is_odd_in_a_new_way"


@pytest.mark.parametrize(
    ("name", "sent", "ours"),
    [
        ("Date", "/Date(1518652800000+0000)/", date(2018, 2, 15)),
        ("DueDate", "/Date(1776643200000)/", date(2026, 4, 20)),
        ("DueDate", "/Date(1518652800000+1300)/", date(2018, 2, 15)),
        ("Date", "2026-03-01T00:00:00", date(2026, 3, 1)),
        (
            "UpdatedDateUTC",
            "/Date(1518685950940+0000)/",
            datetime(2018, 2, 15, 9, 12, 30, 940000, UTC),
        ),
        (
            "CreatedDateUTC",
            "2019-12-07T18:46:19.5165400",
            datetime(2019, 12, 7, 18, 46, 19, 516540, UTC),
        ),
        ("Reference", "2026-03-01", "2026-03-01"),
        ("DueDateString", "2026-03-01T00:00:00", "2026-03-01T00:00:00"),
        ("Date", "someday", "someday"),
        ("Status", "A_NEW_WORD", "A_NEW_WORD"),
        ("Total", None, None),
        ("Date", "", ""),
    ],
)
def test_days_and_times_are_read_and_unknown_words_kept(name: str, sent: Any, ours: Any) -> None:
    assert values.read({name: sent}) == {name: ours}
    assert values.read({"Payments": [{name: sent}]}) == {"Payments": [{name: ours}]}


@given(
    st.decimals(
        min_value=Decimal("-9999999999999999.9999"),
        max_value=Decimal("9999999999999999.9999"),
        places=4,
    )
)
def test_no_amount_loses_a_digit_on_its_way(amount: Decimal) -> None:
    wire = values.body({"UnitAmount": amount})
    assert Decimal(values.parse(wire)["UnitAmount"]) == amount
    assert values.parse(f'{{"Total": {amount:f}}}')["Total"] == amount


def test_times_go_out_in_utc_without_a_zone() -> None:
    moment = datetime(2026, 3, 1, 1, 30, 59, 999999, UTC)
    assert values.header_time(moment) == "2026-03-01T01:30:59"
