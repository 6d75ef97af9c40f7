"""What Salesforce's answers mean: every status, code and body that is known of."""

import json

import pytest
from django.utils import timezone

from connections.limits import Reading
from connections.salesforce.errors import TONGUE
from connections.salesforce.refusals import TooFarBack, error_of
from connections.transport import Reply
from sync.core.errors import ConnectionBroken, NeedsPerson, OutcomeUnknown, TryAgain


def reply(status: int, code: str = "", message: str = "", **headers: str) -> Reply:
    body = json.dumps([{"message": message, "errorCode": code}]) if code else message
    return Reply(status, {k.replace("_", "-"): v for k, v in headers.items()}, body.encode())


ANSWERS: list[tuple[Reply, type, type, str]] = [
    # the reply, what it means for a read, for a write, words in it
    (
        reply(300, message='["/services/data/v67.0/sobjects/Account/001"]'),
        NeedsPerson,
        NeedsPerson,
        "same external id",
    ),
    (reply(302, message="<html>"), ConnectionBroken, ConnectionBroken, "My Domain"),
    (
        reply(400, "INVALID_FIELD", "No such column 'Regon__c' on entity 'Opportunity'. If you"),
        NeedsPerson,
        NeedsPerson,
        "Regon__c on Opportunity",
    ),
    (reply(400, "MALFORMED_QUERY", "unexpected token: FRM"), NeedsPerson, NeedsPerson, "FRM"),
    (reply(400, "QUERY_TIMEOUT", "Your query ran too long"), TryAgain, TryAgain, "too long"),
    (reply(400, "INVALID_REPLICATION_DATE", "too old"), TooFarBack, TooFarBack, "too old"),
    (reply(400, "EXCEEDED_ID_LIMIT", "too many"), TooFarBack, TooFarBack, "too many"),
    (reply(400, "INVALID_QUERY_LOCATOR", "expired"), TryAgain, TryAgain, "expired"),
    (reply(400, message="<html>"), NeedsPerson, NeedsPerson, "no reason"),
    (
        reply(401, "INVALID_SESSION_ID", "Session expired or invalid"),
        ConnectionBroken,
        ConnectionBroken,
        "connect again",
    ),
    (reply(401, message="Bad_OAuth_Token"), ConnectionBroken, ConnectionBroken, "connect again"),
    (
        reply(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
        TryAgain,
        TryAgain,
        "used up",
    ),
    (
        reply(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit"),
        TryAgain,
        TryAgain,
        "under way",
    ),
    (
        reply(403, "API_DISABLED_FOR_ORG", "API is not enabled"),
        ConnectionBroken,
        ConnectionBroken,
        "has no API",
    ),
    (
        reply(403, "API_CURRENTLY_DISABLED", "API is disabled"),
        ConnectionBroken,
        ConnectionBroken,
        "switched off",
    ),
    (
        reply(403, "INSUFFICIENT_ACCESS_OR_READONLY", "no access"),
        NeedsPerson,
        NeedsPerson,
        "may not do this",
    ),
    (reply(403, "TXN_SECURITY_METERING_ERROR", "metering"), TryAgain, TryAgain, "metering"),
    (reply(404, "NOT_FOUND", "The requested resource"), NeedsPerson, NeedsPerson, "no such"),
    (reply(406, message="<html>"), TryAgain, TryAgain, "less often"),
    (reply(406, "NOT_ACCEPTABLE", "no"), NeedsPerson, NeedsPerson, "no"),
    (
        reply(410, "UNSUPPORTED_API_VERSION", "retired"),
        ConnectionBroken,
        ConnectionBroken,
        "update Counterpart",
    ),
    (reply(412, "PRECONDITION_FAILED", "stale"), TryAgain, TryAgain, "changed"),
    (reply(420, message="Enhance your calm"), TryAgain, TryAgain, "less often"),
    (reply(429, message=""), TryAgain, TryAgain, "less often"),
    (reply(500, "UNKNOWN_EXCEPTION", "oops"), TryAgain, OutcomeUnknown, "status 500"),
    (reply(502, message="<html>"), TryAgain, OutcomeUnknown, "status 502"),
    (reply(503, message="<html>maintenance"), TryAgain, OutcomeUnknown, "status 503"),
    (reply(503, "SERVER_UNAVAILABLE", "down"), TryAgain, TryAgain, "not available"),
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


def test_a_good_answer_is_no_refusal() -> None:
    assert TONGUE.refusal(reply(204), True) is None


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (reply(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), 900),
        (reply(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (…) Limit exceeded."), 30),
        (reply(429, retry_after="120"), 120),
        (reply(420), 30),
        (reply(503, "SERVER_UNAVAILABLE", "down"), 60),
    ],
)
def test_a_limit_holds_for_the_whole_connection_until_its_time(
    answer: Reply, seconds: float
) -> None:
    error = TONGUE.refusal(answer, True)
    assert isinstance(error, TryAgain)
    assert error.whole_connection
    assert error.after is not None
    assert seconds - 1 < (error.after - timezone.now()).total_seconds() <= seconds


@pytest.mark.parametrize(
    ("answer", "ended"),
    [
        (reply(401, "INVALID_SESSION_ID", "Session expired or invalid"), True),
        (reply(401, message="Bad_OAuth_Token"), True),
        (
            reply(401, "INVALID_SESSION_ID", "This session is not valid for use with the REST API"),
            False,
        ),
        (reply(401, "INVALID_SESSION_ID", "Connected app is not attached to Agent"), False),
        (reply(401, "INVALID_AUTH_HEADER", "bad header"), False),
        (reply(403, "INVALID_SESSION_ID", "no"), False),
    ],
)
def test_only_an_ended_session_is_renewed(answer: Reply, ended: bool) -> None:
    assert TONGUE.token_ended(answer) is ended


@pytest.mark.parametrize(
    ("header", "reading"),
    [
        ("api-usage=10018/100000", Reading(day_left=89_982, day_limit=100_000)),
        ("api-usage=25/5000; api-bursts=1/750", Reading(day_left=4975, day_limit=5000)),
        ("api-bursts=1/750; api-usage=25/5000", Reading(day_left=4975, day_limit=5000)),
        ("api-usage=18/5000; per-app-api-usage=17/250(appName=x)", Reading(None, 4982, 5000)),
        ("api-usage=5010/5000", Reading(day_left=0, day_limit=5000)),
        ("nonsense", Reading()),
    ],
)
def test_the_usage_header_is_read_in_every_form(header: str, reading: Reading) -> None:
    assert TONGUE.reading({"sforce-limit-info": header}) == reading


NEED_A_PERSON = [
    "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    "REQUIRED_FIELD_MISSING",
    "DUPLICATES_DETECTED",
    "DUPLICATE_VALUE",
    "FIELD_INTEGRITY_EXCEPTION",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    "STRING_TOO_LONG",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    "CANNOT_EXECUTE_FLOW_TRIGGER",
    "STANDARD_PRICE_NOT_DEFINED",
    "INVALID_CURRENCY_ISO",
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    "ENTITY_IS_DELETED",
    "INVALID_CROSS_REFERENCE_KEY",
    "STORAGE_LIMIT_EXCEEDED",
]


@pytest.mark.parametrize("code", NEED_A_PERSON)
def test_what_a_person_must_solve_says_how(code: str) -> None:
    error = error_of(code, "Amount must be above 5: 006xx0001", ["Amount__c"])
    assert isinstance(error, NeedsPerson)
    assert error.fix.hint
    assert code in error.cause
    again = error_of(code, "Amount must be above 5: 006xx0002", ["Amount__c"])
    assert isinstance(again, NeedsPerson)
    assert again.cause == error.cause  # so that many deals become one item


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record"),
        ("CANNOT_EXECUTE_FLOW_TRIGGER", "We can't save: UNABLE_TO_LOCK_ROW, unable to obtain"),
        ("PROCESSING_HALTED", "The transaction was rolled back"),
        ("ALL_OR_NONE_OPERATION_ROLLED_BACK", "Record rolled back"),
        ("UNKNOWN_EXCEPTION", "An unexpected error occurred"),
        ("ENTITY_IS_LOCKED", "the entity is locked for editing"),
    ],
)
def test_what_passes_by_itself_is_tried_again_later(code: str, message: str) -> None:
    error = error_of(code, message)
    assert isinstance(error, TryAgain)
    assert not error.whole_connection
    assert error.after is not None
    assert error.after > timezone.now()


def test_a_question_in_salesforces_words_gets_no_full_stop() -> None:
    assert str(error_of("DUPLICATES_DETECTED", "Use one of these records?")).endswith("records?")
    assert str(error_of("DUPLICATES_DETECTED", "Look again")).endswith("again.")


def test_an_unknown_field_is_named() -> None:
    error = error_of("INVALID_FIELD", "No such column 'X__c' on sobject of type Opportunity")
    assert isinstance(error, NeedsPerson)
    assert error.cause == "unknown_field:Opportunity.X__c"
    assert error.fix.place == "mapping"


def test_a_code_that_is_not_known_is_passed_on() -> None:
    error = error_of("NEW_CODE", "Something else")
    assert isinstance(error, NeedsPerson)
    assert "Something else" in str(error)
