"""The choice: link, ask or new, best for both by a margin."""

from sync.core.likeness.choosing import Choice, Decision, choose
from sync.core.likeness.parties import Party
from sync.core.likeness.rules import SHIPPED
from sync.core.likeness.scoring import Evidence

from .parties import made


def choice_of(
    scores: dict[tuple[str, str], int],
    subject: str = "a",
    twins: int = 0,
    looked_at: list[str] | None = None,
) -> Choice:
    """Return the choice where a, b … on the left and x, y … on the right have these points."""
    parties = {name: made(id=name, name=name) for pair in scores for name in pair}

    def look(party: Party):
        found = []
        if looked_at is not None:
            looked_at.append(party.id)
        for (one, other), points in scores.items():
            if party.id in {one, other}:
                partner = other if party.id == one else one
                veto = "held" if points % 2 else ""
                found.append((parties[partner], Evidence(points, (), veto)))
        return found

    return choose(parties[subject], look, lambda one, other: Evidence(twins, ()), SHIPPED)


def shown(choice: Choice) -> list[str]:
    return [party.id for party, _ in choice.candidates]


def test_one_good_candidate_is_linked():
    choice = choice_of({("a", "x"): 80, ("a", "y"): 50})
    assert (choice.decision, shown(choice)) == (Decision.LINK, ["x"])


def test_few_points_ask_and_fewer_are_new():
    assert choice_of({("a", "x"): SHIPPED.link - 2}).decision is Decision.ASK
    assert choice_of({("a", "x"): SHIPPED.ask - 1}).decision is Decision.NEW


def test_a_veto_asks_however_many_the_points():
    choice = choice_of({("a", "x"): 181})
    assert (choice.decision, choice.why) == (Decision.ASK, "held")


def test_two_nearly_as_good_are_asked_about_together():
    choice = choice_of({("a", "x"): 100, ("a", "y"): 94, ("a", "z"): 70})
    assert (choice.decision, shown(choice)) == (Decision.ASK, ["x", "y"])


def test_a_record_that_another_resembles_as_much_is_asked_about():
    choice = choice_of({("a", "x"): 100, ("b", "x"): 98})
    assert choice.decision is Decision.ASK


def test_a_rival_that_belongs_to_another_is_none():
    choice = choice_of({("a", "x"): 100, ("a", "y"): 96, ("b", "y"): 120})
    assert (choice.decision, shown(choice)) == (Decision.LINK, ["x"])
    choice = choice_of({("a", "x"): 100, ("b", "x"): 96, ("b", "y"): 120})
    assert (choice.decision, shown(choice)) == (Decision.LINK, ["x"])


def test_what_belongs_to_another_is_asked_about_when_it_fits_as_well():
    scores = {("a", "x"): 80, ("b", "x"): 120}
    choice = choice_of(scores)
    assert (choice.decision, shown(choice)) == (Decision.ASK, ["x"])
    assert choice_of({**scores, ("a", "x"): SHIPPED.link - 2}).decision is Decision.NEW


def test_a_record_that_is_there_twice_is_linked_twice_and_says_so():
    choice = choice_of({("a", "x"): 80, ("b", "x"): 120}, twins=90)
    assert (choice.decision, shown(choice)) == (Decision.LINK, ["x"])
    assert choice.why == "the record is there twice"


def test_who_has_no_candidates_is_new():
    assert choice_of({("b", "x"): 80, ("a", "y"): 0}).decision is Decision.NEW


def test_only_candidates_that_may_matter_are_looked_back_from():
    looked_at: list[str] = []
    scores = {("a", "x"): 100, ("a", "y"): 70, ("a", "z"): 44}
    assert choice_of(scores, looked_at=looked_at).decision is Decision.LINK
    assert set(looked_at) == {"a", "x"}
