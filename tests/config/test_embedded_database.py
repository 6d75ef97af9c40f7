"""The embedded PostgreSQL comes up by itself, outlives crashes and ends with its last user."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from config.embedded.cluster import Cluster, hold, is_running, release
from config.embedded.programs import ServerFailed
from config.environment import ROOT

USE = """
import sys, time
from pathlib import Path
import psycopg
from config.embedded.cluster import Cluster, hold
cluster = Cluster(Path(sys.argv[1]), durable=False)
hold(cluster)
with psycopg.connect(host=str(cluster.socket), user="postgres", dbname="postgres") as found:
    print(found.execute("SELECT 6 * 7").fetchone()[0], flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def cluster(open_path: Path) -> Iterator[Cluster]:
    one = Cluster(open_path / "postgres", durable=False)
    yield one
    release(one)


def user(cluster: Cluster, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", USE, str(cluster.directory), str(seconds)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def server_pid(cluster: Cluster) -> int:
    return int((cluster.files / "postmaster.pid").read_text().split()[0])


def ends(condition: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not condition()


@pytest.mark.django_db
def test_the_embedded_server_is_postgresql_18_in_utc():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0])
        cursor.execute("SHOW timezone")
        assert (version // 10000, cursor.fetchone()[0]) == (18, "UTC")
        cursor.execute("SHOW max_connections")
        assert int(cursor.fetchone()[0]) >= 100


@pytest.mark.slow
def test_several_processes_start_one_server_and_the_last_one_stops_it(cluster: Cluster):
    users = [user(cluster, seconds) for seconds in (0, 0, 1.5)]
    assert [one.communicate()[0].strip() for one in users] == ["42", "42", "42"]
    assert [one.returncode for one in users] == [0, 0, 0]
    assert ends(lambda: is_running(cluster))


@pytest.mark.slow
def test_it_comes_back_after_a_kill_of_the_server(cluster: Cluster):
    hold(cluster)
    os.kill(server_pid(cluster), signal.SIGKILL)
    assert user(cluster, 0).communicate()[0].strip() == "42"


@pytest.mark.slow
def test_a_killed_user_leaves_nothing_that_stops_the_next_one(cluster: Cluster):
    killed = user(cluster, 60)
    assert killed.stdout is not None
    assert killed.stdout.readline().strip() == "42"
    killed.kill()
    killed.communicate()
    assert is_running(cluster)
    assert user(cluster, 0).communicate()[0].strip() == "42"
    assert ends(lambda: is_running(cluster))


@pytest.mark.slow
def test_a_pid_file_that_names_a_stranger_is_not_believed(cluster: Cluster):
    hold(cluster)
    note = (cluster.files / "postmaster.pid").read_text().splitlines()
    release(cluster)
    stranger = subprocess.Popen(["sleep", "60"], user=cluster.files.stat().st_uid)
    (cluster.files / "postmaster.pid").write_text("\n".join([str(stranger.pid), *note[1:]]))
    assert not is_running(cluster)
    hold(cluster)
    assert is_running(cluster)
    assert stranger.poll() is None, "the stranger was ended"
    stranger.kill()
    stranger.wait()


@pytest.mark.slow
def test_files_removed_under_a_running_server_are_made_anew(cluster: Cluster):
    hold(cluster)
    old = server_pid(cluster)
    subprocess.run(["rm", "-rf", str(cluster.files)], check=True)
    hold(cluster)
    assert is_running(cluster)
    assert server_pid(cluster) != old


def test_a_folder_that_is_too_deep_gets_its_socket_elsewhere():
    deep = Cluster(Path("/srv") / ("long" * 30) / "postgres")
    assert len(str(deep.socket)) < 80
    assert deep.socket == Cluster(deep.directory).socket
    assert deep.socket != Cluster(deep.directory.parent).socket


def test_files_that_are_really_elsewhere_are_refused_in_words(tmp_path: Path):
    theirs = Cluster(tmp_path / "postgres")
    theirs.directory.mkdir()
    theirs.files.symlink_to(tmp_path)
    with pytest.raises(ServerFailed, match="belongs to somebody else"):
        hold(theirs)
    release(theirs)
