"""Evidence of e-mail addresses, domains, telephones and contact persons."""

from __future__ import annotations

from rapidfuzz.distance import OSA

from .contacts import Email
from .naming import compare
from .parties import Party
from .reasons import Weighing


def weigh(weighing: Weighing) -> None:
    """Add what the two parties' contact values tell."""
    left, right = weighing.left, weighing.right
    if left.emails and right.emails:
        if not _weigh_emails(weighing):
            _weigh_domains(weighing)
    elif left.domains and right.domains:
        _weigh_domains(weighing)
    if left.phones and right.phones:
        _weigh_phones(weighing)
    if left.person and right.person and not (left.is_person or right.is_person):
        _weigh_persons(weighing)


def _weigh_emails(weighing: Weighing) -> bool:
    """Add what the addresses tell; return whether that says enough of the domains too."""
    points, usage = weighing.rules.points, weighing.usage
    theirs = {email.address: email for email in weighing.right.emails}
    same = [email for email in weighing.left.emails if email.address in theirs]
    if same:
        best = min(same, key=lambda email: (email.shared, email.address))
        own = usage.own("email", best.address)
        weighing.share("email", best.address)
        if best.shared:
            weighing.add("same shared mailbox", points.mailbox * own)
        else:
            weighing.add("same e-mail", points.email * own)
            weighing.proven = weighing.proven or own >= 0.6
            weighing.reached = weighing.reached or own >= 0.6
        return True
    if any(_similar(one, other) for one in weighing.left.emails for other in weighing.right.emails):
        weighing.add("similar e-mail", points.similar_email)
        return True
    if not (weighing.left.domains or weighing.right.domains):
        weighing.add("other e-mail", points.other_email)
        weighing.other_email = True
    return False


def _similar(one: Email, other: Email) -> bool:
    """Return whether two addresses are one but for a typing error, or the provider."""
    if one.shared or other.shared:
        return False
    if one.local == other.local:
        return len(one.local) >= 6
    size = min(len(one.address), len(other.address))
    if abs(len(one.address) - len(other.address)) > 2 or size < 10:
        return False
    hosts = one.address[len(one.local) :], other.address[len(other.local) :]
    return hosts[0] == hosts[1] and OSA.distance(one.local, other.local, score_cutoff=2) <= (
        2 if min(len(one.local), len(other.local)) >= 8 else 1
    )


def _weigh_domains(weighing: Weighing) -> None:
    points = weighing.rules.points
    ours, theirs = weighing.left.domains, weighing.right.domains
    if not ours or not theirs:
        return
    shared = set(ours) & set(theirs)
    if shared:
        own = max(weighing.usage.own("domain", domain) for domain in shared)
        weighing.share("domain", min(shared))
        weighing.add("same domain", points.domain * own)
    elif any(_alike(one, other) for one in ours for other in theirs):
        weighing.add("similar domain", points.similar_domain)
    else:
        weighing.add("other domain", points.other_domain)


def _alike(one: str, other: str) -> bool:
    """Return whether two domains are one name under two endings, or but for a typing error."""
    label, opposite = one.split(".", maxsplit=1)[0], other.split(".", maxsplit=1)[0]
    if label == opposite:
        return True
    return len(label) >= 7 and OSA.distance(label, opposite, score_cutoff=1) <= 1


def _weigh_phones(weighing: Weighing) -> None:
    points = weighing.rules.points
    ours, theirs = weighing.left.phones, weighing.right.phones
    shared = set(ours) & set(theirs)
    if shared:
        own = max(weighing.usage.own("phone", phone) for phone in shared)
        weighing.share("phone", min(shared))
        alone = weighing.usage.records.get(("phone", min(shared)), 1) <= 2
        weighing.alone = weighing.alone or alone
        weighing.reached = weighing.reached or own >= 0.6
        weighing.add("same phone", points.phone * own)
    elif any(OSA.distance(one, other, score_cutoff=1) <= 1 for one in ours for other in theirs):
        weighing.add("similar phone", points.similar_phone)
    else:
        weighing.add("other phone", points.other_phone)


def _weigh_persons(weighing: Weighing) -> None:
    left: Party = weighing.left
    alike = compare(left.person, weighing.right.person, weighing.usage.telling)
    if alike.full:
        weighing.add("same contact person", weighing.rules.points.contact_person * alike.ratio)
