"""An index never changes what a query finds."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from hypothesis import given
from hypothesis import strategies as st

from sandbox.salesforce import acts, stamps
from sandbox.salesforce.defaults import ensure_org
from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.salesforce.soql.choosing import matching
from sandbox.salesforce.soql.parsing import parse
from sandbox.salesforce.writing.likeness import account_keys
from sandbox.world import World


def filled() -> tuple[Org, list[str]]:
    """Twelve contacts that share names and accounts, some deleted or changed since."""
    world = World()
    org = ensure_org(world)
    acts.add_custom_field(world, "Contact", "Key__c", "Text", external_id=True)
    accounts = [acts.create(world, "Account", {"Name": name}) for name in ("A", "B")]
    keys = []
    for number in range(12):
        world.clock.advance(30)
        values = {"LastName": "Moor" if number % 3 else "Reed", "Key__c": f"k{number % 4}"}
        above = {"AccountId": accounts[number % 2]} if number % 5 else {}
        keys.append(acts.create(world, "Contact", values | above))
    world.clock.advance(30)
    acts.edit(world, "Contact", keys[0], {"LastName": "MOOR", "AccountId": None})
    acts.edit(world, "Contact", keys[1], {"Key__c": "K2"})
    acts.delete(world, "Contact", keys[2])
    acts.delete(world, "Contact", keys[3])
    acts.restore(world, "Contact", keys[3])
    return org, [*keys, *accounts]


ORG, KEYS = filled()
STAMPS = sorted({one["SystemModstamp"] for one in ORG.table("Contact").values()})
STAMP = st.sampled_from(STAMPS).map(lambda stamp: stamp.replace("+0000", "Z"))
SIGN = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
KEY = st.sampled_from(KEYS).map(lambda key: f"'{key}'")
WORD = st.sampled_from(["'moor'", "'Reed'", "'nobody'", "null", "''"])
SIMPLE = st.one_of(
    st.builds("Id = {}".format, KEY),
    st.builds(
        "AccountId {} {}".format, st.sampled_from(["=", "!="]), st.one_of(KEY, st.just("null"))
    ),
    st.builds("LastName {} {}".format, st.sampled_from(["=", "!="]), WORD),
    st.builds("Key__c IN ('{}', 'k1')".format, st.sampled_from(["K2", "k3", "x"])),
    st.builds("Id NOT IN ({}, {})".format, KEY, KEY),
    st.builds("Id IN ({}, {}, {})".format, KEY, KEY, KEY),
    st.builds("SystemModstamp {} {}".format, SIGN, STAMP),
    st.builds("Account.Name = {}".format, st.sampled_from(["'a'", "'B'", "null"])),
    st.just("SystemModstamp = TODAY"),
)
CONDITION = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("(NOT {})".format, inner),
    ),
    max_leaves=6,
)


@given(CONDITION, st.booleans())
def test_a_query_finds_the_same_with_and_without_its_indexes(condition: str, deleted: bool) -> None:
    query = parse(f"SELECT Id FROM Contact WHERE {condition}")
    kind = ORG.catalogue.named("Contact")
    quick = matching(ORG, kind, query, deleted=deleted)
    slow = matching(ORG, kind, query, deleted=deleted, among=list(ORG.table("Contact")))
    assert [one["Id"] for one in quick] == [one["Id"] for one in slow]


@contextmanager
def taken_back(org: Org) -> Iterator[None]:
    with suppress(RefusedError), org.transaction():
        yield
        raise RefusedError("TEST", "taken back")


def test_what_is_taken_back_is_taken_out_of_the_indexes() -> None:
    world = World()
    org = ensure_org(world)
    key = acts.create(world, "Contact", {"LastName": "Moor"})
    before = dict(org.table("Contact")[key])
    with taken_back(org):
        world.clock.advance(60)
        acts.edit(world, "Contact", key, {"LastName": "Reed"})
        acts.create(world, "Contact", {"LastName": "Reed"})
        acts.delete(world, "Contact", key)
    assert org.table("Contact")[key] == before
    assert len(org.table("Contact")) == 1
    assert org.ids_with("Contact", "LastName", "Reed") == []
    assert org.ids_with("Contact", "LastName", "moor") == [key]
    everything = stamps.write(world.clock.now())
    assert list(org.by_stamp("Contact").between("", everything)) == [key]
    assert len(org.deletions) == 0


def test_a_reset_world_finds_nothing_of_before() -> None:
    world = World()
    org = ensure_org(world)
    acts.create(world, "Account", {"Name": "A"})
    assert len(org.ids_with("Account", "Name", "a")) == 1
    assert len(list(org.by_stamp("Account").between("", "9"))) == 1
    world.clear()
    assert org.ids_with("Account", "Name", "a") == []
    assert list(org.by_stamp("Account").between("", "9")) == []
    acts.add_custom_field(world, "Account", "New__c")
    assert acts.create(world, "Account", {"Name": "A", "New__c": "x"})


NAME = st.sampled_from(["Moor Ltd", "Moor & Fell plc", "Reed", "The Moor"])
CODE = st.sampled_from([None, "LS1 2AB", "ls12ab", "YO1"])
PHONE = st.sampled_from([None, "0113 496 0600", "+44 113 4960600", "1"])
STEP = st.tuples(
    st.integers(0, 3), st.sampled_from(["edit", "delete", "restore"]), NAME, CODE, PHONE
)


@given(st.lists(STEP, max_size=12))
def test_duplicates_are_looked_for_among_all_that_share_a_key(
    steps: list[tuple[int, str, str, str | None, str | None]],
) -> None:
    world = World()
    org = ensure_org(world)
    keys = [acts.create(world, "Account", {"Name": "Moor Ltd"}) for _ in range(4)]
    for which, act, name, code, phone in steps:
        with suppress(RefusedError):
            values = {"Name": name, "BillingPostalCode": code, "Phone": phone}
            more = (values,) if act == "edit" else ()
            getattr(acts, act)(world, "Account", keys[which], *more)
    for key in keys:
        record = org.table("Account")[key]
        wanted = set(account_keys(record))
        slow = {other for other in keys if org.alive("Account", other)
                and wanted & set(account_keys(org.table("Account")[other]))}  # fmt: skip
        assert {one["Id"] for one in org.near("Account", account_keys, record)} == slow
