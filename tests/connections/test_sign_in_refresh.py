"""Refreshing: one at a time, saved before use, and only real refusals end a sign-in."""

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections as databases
from django.db import transaction
from django.utils import timezone

from connections import sign_in
from connections.models import Connection, Credential
from sync.core.errors import ConnectionBroken, SyncError, TryAgain
from tests.connections.conftest import make_connection, make_credential, make_salesforce
from tests.connections.token_endpoint import ORG, Endpoint, Trouble

pytestmark = pytest.mark.django_db(transaction=True)


def together(count: int, ask: Callable[[], object]) -> list[object]:
    """Call `ask` in so many threads at the same moment; errors come back as values."""
    start = threading.Barrier(count)

    def one(_n: int) -> object:
        start.wait()
        try:
            return ask()
        except (SyncError, RuntimeError) as error:
            return error
        finally:
            databases.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def refresh_in_a_process_of_its_own(connection: Connection) -> int:
    """Begin a refresh in a forked process; return its id."""
    child = os.fork()
    if child == 0:
        for each in databases.all():
            each.connection = None  # the parent's own: neither used nor closed here
        try:
            sign_in.access_token(connection)
        finally:
            os._exit(0)
    return child


def test_a_token_that_is_still_good_is_used_without_a_call(endpoint: Endpoint) -> None:
    later = timezone.now() + timedelta(minutes=20)
    connection = make_connection(make_credential(access_token="good", expires_at=later))
    assert sign_in.access_token(connection) == "good"
    assert endpoint.asked == []


def test_a_token_is_refreshed_before_it_ends_on_its_way(endpoint: Endpoint) -> None:
    soon = timezone.now() + timedelta(seconds=60)
    connection = make_connection(make_credential(expires_at=soon))
    assert sign_in.access_token(connection) not in ("", "old")


def test_eight_workers_at_once_make_exactly_one_refresh(endpoint: Endpoint) -> None:
    endpoint.delay = 0.3
    connection = make_connection()
    tokens = together(8, lambda: sign_in.access_token(Connection.objects.get(pk=connection.pk)))
    assert len(endpoint.asked) == 1
    assert len(set(tokens)) == 1
    assert tokens[0] == Credential.objects.get().access_token


def test_eight_workers_refused_at_once_make_exactly_one_refresh(endpoint: Endpoint) -> None:
    endpoint.delay = 0.3
    connection = make_salesforce(endpoint, access_token="refused")
    tokens = together(8, lambda: sign_in.refused(connection, "refused"))
    assert len(endpoint.asked) == 1
    assert len(set(tokens)) == 1
    assert "refused" not in tokens


def test_two_connections_of_one_sign_in_share_its_refresh(endpoint: Endpoint) -> None:
    credential = make_credential()
    britain, australia = make_connection(credential), make_connection(credential, name="Pty")
    assert sign_in.access_token(britain) == sign_in.access_token(australia)
    assert len(endpoint.asked) == 1


def test_the_rotated_refresh_token_is_committed_before_the_access_token_is_used(
    endpoint: Endpoint,
) -> None:
    connection = make_connection()
    token = sign_in.access_token(connection)
    # Another thread has another database connection: it sees only what is committed.
    (seen,) = together(1, lambda: Credential.objects.values_list("pk", flat=True).get())
    (row,) = together(1, Credential.objects.get)
    assert seen == connection.credential_id
    assert isinstance(row, Credential)
    assert (row.access_token, row.refresh_token) == (token, "refresh-1")


def test_a_refresh_inside_a_transaction_is_refused_as_it_could_be_rolled_back(
    endpoint: Endpoint,
) -> None:
    connection = make_connection()
    with pytest.raises(RuntimeError), transaction.atomic():
        sign_in.access_token(connection)
    assert endpoint.asked == []


def test_each_refresh_sends_the_newest_refresh_token(endpoint: Endpoint) -> None:
    connection = make_salesforce(endpoint)
    endpoint.reuse_ends_all = True
    token = sign_in.access_token(connection)
    for _ in range(3):
        Credential.objects.update(refused_at=None)
        token = sign_in.refused(connection, token)
    sent = [each["refresh_token"] for each in endpoint.asked]
    assert sent == ["refresh-0", "refresh-1", "refresh-2", "refresh-3"]
    assert not endpoint.ended


def test_a_lost_answer_is_asked_again_with_the_same_refresh_token(endpoint: Endpoint) -> None:
    """Xero accepts the former token for thirty minutes more."""
    endpoint.troubles.append(Trouble(lost="after"))
    connection = make_connection()
    with pytest.raises(TryAgain):
        sign_in.access_token(connection)
    row = Credential.objects.get()
    assert row.refresh_token == "refresh-0"
    assert not row.is_broken
    assert row.failing_since is not None
    sign_in.access_token(connection)
    assert [each["refresh_token"] for each in endpoint.asked] == ["refresh-0", "refresh-0"]
    assert Credential.objects.get(failing_since=None).refresh_token == endpoint.refresh_token


def test_a_worker_killed_between_answer_and_save_leaves_a_sign_in_that_works(
    endpoint: Endpoint,
) -> None:
    endpoint.troubles.append(Trouble(delay=30))
    connection = make_connection()
    child = refresh_in_a_process_of_its_own(connection)
    while not endpoint.given:
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert sign_in.access_token(connection) not in {"", "old"}
    assert [each["refresh_token"] for each in endpoint.asked] == ["refresh-0", "refresh-0"]
    assert Credential.objects.get().refresh_token == endpoint.refresh_token


def test_processes_wait_for_each_other_as_threads_do(endpoint: Endpoint) -> None:
    endpoint.delay = 0.3
    connection = make_connection()
    for child in [refresh_in_a_process_of_its_own(connection) for _ in range(3)]:
        os.waitpid(child, 0)
    assert len(endpoint.asked) == 1
    assert sign_in.access_token(connection) == Credential.objects.get().access_token


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(503, "<html><h1>Service unavailable</h1></html>"),
        Trouble(500, '{"error": "server_error"}'),
        Trouble(429, "{}", {"Retry-After": "7"}),
        Trouble(200, "<html>Please sign in to the hotel's network</html>"),
        Trouble(403, "<html>Blocked by the firewall</html>"),
        Trouble(200, '{"token_type": "Bearer"}'),
        Trouble(200, "[]"),
        Trouble(302, "", {"Location": "/elsewhere"}),
        Trouble(400, '{"error": "temporarily_unavailable"}'),
        Trouble(400, '{"error": "invalid_grant", "error_description": "login rate exceeded"}'),
        Trouble(lost="before"),
    ],
    ids=lambda each: f"{each.status} {each.body[:22]}" if each.status else each.lost,
)
def test_what_passes_by_itself_is_tried_again(endpoint: Endpoint, trouble: Trouble) -> None:
    endpoint.troubles.append(trouble)
    connection = make_connection()
    with pytest.raises(TryAgain) as caught:
        sign_in.access_token(connection)
    assert caught.value.after is not None
    assert not Credential.objects.get().is_broken
    assert sign_in.access_token(connection) != "old"


def test_the_wait_that_xero_asks_for_is_kept(endpoint: Endpoint) -> None:
    endpoint.troubles.append(Trouble(429, "{}", {"Retry-After": "90"}))
    with pytest.raises(TryAgain) as caught:
        sign_in.access_token(make_connection())
    assert caught.value.after is not None
    assert 80 < (caught.value.after - timezone.now()).total_seconds() <= 90


def test_a_dead_refresh_token_asks_to_connect_again(endpoint: Endpoint) -> None:
    endpoint.ended = True
    connection = make_connection()
    with pytest.raises(ConnectionBroken, match="connect again"):
        sign_in.access_token(connection)
    row = Credential.objects.get()
    assert row.is_broken
    assert not Connection.objects.get().is_usable


def test_a_dead_sign_in_is_not_asked_a_second_time(endpoint: Endpoint) -> None:
    endpoint.ended = True
    connection = make_connection()
    for _ in range(3):
        with pytest.raises(ConnectionBroken):
            sign_in.access_token(connection)
    assert len(endpoint.asked) == 1


def test_workers_that_waited_for_a_refresh_that_ended_the_sign_in_do_not_ask_again(
    endpoint: Endpoint,
) -> None:
    endpoint.ended, endpoint.delay = True, 0.3
    connection = make_connection()
    answers = together(4, lambda: sign_in.access_token(connection))
    assert len(endpoint.asked) == 1
    assert [type(each) for each in answers] == [ConnectionBroken] * 4


def test_a_wrong_secret_is_told_in_other_words_than_an_ended_sign_in(endpoint: Endpoint) -> None:
    connection = make_connection(make_credential(client_secret="wrong"))
    with pytest.raises(ConnectionBroken) as caught:
        sign_in.access_token(connection)
    assert "check its client id and secret" in str(caught.value)
    assert "connect again" not in str(caught.value)


def test_no_error_repeats_a_secret(endpoint: Endpoint) -> None:
    connection = make_connection(make_credential(client_secret="wrong-secret"))
    with pytest.raises(ConnectionBroken) as caught:
        sign_in.access_token(connection)
    assert "wrong-secret" not in str(caught.value) + Credential.objects.get().broken_reason


def test_a_token_refused_right_after_its_refresh_makes_no_loop(endpoint: Endpoint) -> None:
    connection = make_salesforce(endpoint, access_token="refused")
    token = sign_in.refused(connection, "refused")
    for _ in range(3):
        with pytest.raises(TryAgain):
            sign_in.refused(connection, token)
    assert len(endpoint.asked) == 1


def test_another_org_under_the_same_address_is_never_taken_for_ours(endpoint: Endpoint) -> None:
    endpoint.organisation = "00D9z000000ZzzzEAA"
    connection = make_salesforce(endpoint, access_token="")
    with pytest.raises(ConnectionBroken, match="Another organisation answers"):
        sign_in.access_token(connection)
    assert Credential.objects.get().access_token == ""


def test_an_org_id_of_15_characters_is_the_same_org(endpoint: Endpoint) -> None:
    endpoint.organisation = ORG[:15]
    assert sign_in.access_token(make_salesforce(endpoint))


def test_salesforce_tokens_without_an_expiry_are_used_until_refused(endpoint: Endpoint) -> None:
    endpoint.with_expiry = False
    connection = make_salesforce(endpoint)
    token = sign_in.access_token(connection)
    assert sign_in.access_token(connection) == token
    assert len(endpoint.asked) == 1


def test_a_disconnected_connection_asks_nothing(endpoint: Endpoint) -> None:
    connection = make_connection(disconnected_at=timezone.now())
    with pytest.raises(ConnectionBroken, match="disconnected"):
        sign_in.access_token(connection)
    assert endpoint.asked == []


def test_what_is_long_not_refreshed_is_kept_alive_even_when_paused(endpoint: Endpoint) -> None:
    long_ago = timezone.now() - timedelta(days=21)
    idle = make_credential(refreshed_at=long_ago)
    make_connection(idle, paused_at=long_ago)
    make_connection(make_credential(client_id="other"))  # refreshed half an hour ago
    assert sign_in.keep_alive() == 1
    idle.refresh_from_db()
    assert idle.refreshed_at is not None
    assert idle.refreshed_at > timezone.now() - timedelta(minutes=1)


def test_one_dead_sign_in_does_not_keep_the_others_from_being_kept_alive(
    endpoint: Endpoint,
) -> None:
    long_ago = timezone.now() - timedelta(days=21)
    make_connection(make_credential(refreshed_at=long_ago, refresh_token="dead"))
    make_connection(make_credential(refreshed_at=long_ago, client_id="other"))
    assert sign_in.keep_alive() == 1
    assert Credential.objects.filter(broken_since=None).count() == 1
