"""Quotes and the deals they become, in memory: plans are applied as Salesforce would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sync.core.agreed import Common
from sync.core.couples import Couple, Decision, LinkFacts
from sync.core.flow import RuleSet, Surroundings, TableRow
from sync.core.intents import Intent
from sync.core.mapping import map_couple
from sync.core.matching import Match, Outcome
from sync.core.merging import merge_couple
from sync.core.organisation import Stage
from sync.core.planning import Plan, plan
from sync.core.questions import Question
from sync.core.records import Key, Record, System
from sync.flows.quote_opportunity import FLOW
from sync.flows.shapes import quote, quote_deal, quote_lines, quote_match
from tests.builders import NOON, TODAY, account_id, around, deal_id, uk, xero_id

CENT = Decimal("0.01")
CUSTOMER = "Customer 1 Ltd"
BOOK = "01s5g0000000001AAA"
STAGES = (
    Stage("Prospecting", closed=False, won=False),
    Stage("Proposal/Price Quote", closed=False, won=False),
    Stage("Negotiation/Review", closed=False, won=False),
    Stage("Closed Won", closed=True, won=True),
    Stage("Closed Lost", closed=True, won=False),
)


def line(amount: str, quantity: str = "1", discount: str = "0", **values: Any) -> dict[str, Any]:
    """Return a line of a quote over quantity × amount less a discount, before tax."""
    kept = 1 - Decimal(discount) / 100
    net = (Decimal(quantity) * Decimal(amount) * kept).quantize(CENT, ROUND_HALF_UP)
    name = values.get("Description", "Survey day")
    return {
        "LineItemID": xero_id(f"line {name}"),
        "Description": name,
        "Quantity": Decimal(quantity),
        "UnitAmount": Decimal(amount),
        "DiscountRate": Decimal(discount),
        "ItemCode": "SURVEY",
        "LineAmount": net,
        "TaxAmount": (net / 5).quantize(CENT, ROUND_HALF_UP),
        **values,
    }


def made(number: str = "QU-0001", *lines: Mapping[str, Any], **values: Any) -> Record:
    """Return a sent quote of the first customer, over GBP 1,000 where it has no lines."""
    net = sum((each["LineAmount"] for each in lines), Decimal(0)) if lines else Decimal("1000.00")
    fields = {
        "QuoteID": xero_id(number),
        "QuoteNumber": number,
        "Status": "SENT",
        "Title": "Harbour survey",
        "Contact": {"ContactID": xero_id(CUSTOMER), "Name": CUSTOMER},
        "Date": TODAY,
        "ExpiryDate": date(2026, 12, 24),
        "CurrencyCode": "GBP",
        "LineAmountTypes": "EXCLUSIVE",
        "LineItems": list(lines),
        "SubTotal": net,
        "Total": net * 6 / 5,
        **values,
    }
    return Record(Key(System.XERO, "Quote", xero_id(number)), fields, NOON)


def account(**values: Any) -> Record:
    """Return the account of the first customer, with an active owner."""
    fields = {
        "Id": account_id(1),
        "Name": CUSTOMER,
        "OwnerId": "0055g0000000001AAA",
        "Owner": {"IsActive": True},
        **values,
    }
    return Record(Key(System.SALESFORCE, "Account", account_id(1)), fields, NOON)


def product(code: str = "SURVEY", **values: Any) -> Record:
    """Return an active product."""
    remote_id = f"01t{code:0<15}"[:18]
    fields = {"Id": remote_id, "Name": code.title(), "ProductCode": code, "IsActive": True}
    return Record(Key(System.SALESFORCE, "Product2", remote_id), {**fields, **values}, NOON)


def entry(of: Record, currency: str = "GBP", **values: Any) -> Record:
    """Return a product's active entry in the standard price book."""
    remote_id = f"01u{of.key.id[3:15]}{currency}"
    fields = {
        "Pricebook2Id": BOOK,
        "Product2Id": of.key.id,
        "IsActive": True,
        "CurrencyIsoCode": currency,
        "Pricebook2": {"IsStandard": True},
    }
    return Record(Key(System.SALESFORCE, "PricebookEntry", remote_id), {**fields, **values}, NOON)


def sold(*products: Record, currency: str = "GBP") -> quote_lines.Catalogue:
    """Return what can be sold: these products, or the survey alone."""
    chosen = products or (product(),)
    codes = {str(one.get("ProductCode")).upper(): "" for one in chosen}
    entries = [entry(one, currency) for one in chosen]
    return quote_lines.catalogue(codes, chosen, entries, "", currency)


def surroundings(*first: TableRow, **values: Any) -> Surroundings:
    """Return the surroundings of a batch of quotes; these table rows come before the shipped."""
    org = uk(currencies=frozenset({"GBP", "EUR", "JPY"}), stages=STAGES)
    rules = RuleSet(FLOW.fields, (*first, *FLOW.tables))
    return around(**{"rules": rules, "salesforce": org, **values})


@dataclass
class Pipeline:
    """One quote with its deal, and what was agreed on and decided of the two."""

    around: Surroundings = field(default_factory=surroundings)
    catalogue: quote_lines.Catalogue = field(default_factory=sold)
    account: Record = field(default_factory=account)
    quote: Record | None = None
    deal: Record | None = None
    link: LinkFacts | None = None
    decisions: dict[str, Decision] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    made: bool = False
    """Whether the deal was made of the quote."""

    def prepare(self) -> Plan:
        """Return the plan of the quote as it is now; nothing changes."""
        assert self.quote is not None
        fitted = quote_lines.fit(self.quote, self.catalogue)
        known = {
            quote_deal.ACCOUNT: self.account,
            quote_deal.CATALOGUE: self.catalogue,
            quote_deal.FITTED: fitted,
            quote_deal.MADE: self.made,
            **self.facts,
        }
        couple = Couple(
            self.deal.key if self.deal else self.quote.key,
            self.deal,
            self.quote,
            self.link,
            decisions=self.decisions,
            facts=known,
            match=self._match(),
        )
        fields = (*self.around.rules.fields, *quote_deal.line_rules(couple))
        own = replace(self.around, rules=replace(self.around.rules, fields=fields))
        return plan(FLOW, merge_couple(map_couple(FLOW, couple, own), own.rules), own)

    def _match(self) -> Match | None:
        if self.link is not None:
            return None
        if self.deal is None or self.quote is None:
            return Match(Outcome.NEW)
        found = quote_match.found(self.deal, ("a test says so",))
        return replace(found, candidate=quote.candidate(self.quote))

    def sync(self, record: Record | None = None) -> Plan:
        """Take a quote in and carry out its plan; return that."""
        self.quote = record or self.quote
        planned = self.prepare()
        self.carry_out(planned)
        return planned

    def settle(self, record: Record | None = None) -> None:
        """Carry out plans until one writes nothing."""
        for _ in range(4):
            if not self.sync(record).intents:
                return
        raise AssertionError("It never comes to rest.")

    def carry_out(self, planned: Plan) -> None:
        """Do what Salesforce does with a plan's writes, and keep what agrees."""
        assert self.quote is not None
        self.made = self.made or self.deal is None
        if planned.adopts:
            self.link = LinkFacts(planned.adopts, planned.agreed)
        elif self.link and planned.agreed:
            self.link = replace(self.link, agreed=planned.agreed)
        for intent in planned.intents:
            self._write(intent)
            sent = {n: Common(v, v) for n, v in intent.shared.items() if self._is_kept(n)}
            link = self.link or LinkFacts(self.quote.key, {})
            self.link = replace(link, agreed={**link.agreed, **sent})

    def _is_kept(self, name: str) -> bool:
        rule = self.around.rules.field(name)
        return name.startswith("line:") or (rule is not None and not rule.create_only)

    def _write(self, intent: Intent) -> None:
        if intent.system is System.XERO:
            assert self.quote is not None
            self.quote = replace(self.quote, values={**self.quote.values, **intent.body})
        elif intent.kind == "Opportunity":
            self.deal = _saved(self.deal, intent.body)
        else:
            assert self.deal is not None
            self.deal = _with_line(self.deal, intent)

    def edit(self, **values: Any) -> None:
        """Let a salesperson change the deal."""
        self.deal = _saved(self.deal, values)

    def decide(self, question: Question, choice: str) -> None:
        """Let a person answer a question."""
        self.decisions[question.cause] = Decision(question.cause, choice, question.about)

    @property
    def lines(self) -> list[Mapping[str, Any]]:
        """The product lines of the deal."""
        return list(self.deal.get("OpportunityLineItems") or []) if self.deal else []


def _saved(deal: Record | None, body: Mapping[str, Any]) -> Record:
    """Return the deal as Salesforce has it after a write: the stage tells whether it is closed."""
    old = dict(deal.values) if deal else {"Id": deal_id(1), "OpportunityLineItems": []}
    new = {name: value for name, value in body.items() if name != "Id"}
    if old["OpportunityLineItems"]:
        new.pop("Amount", None)  # Salesforce ignores it without a word
    values = {**old, **new}
    stage = next((s for s in STAGES if s.name == values.get("StageName")), None)
    closed = stage is not None and stage.closed
    values |= {"IsClosed": closed, "IsWon": stage is not None and stage.won}
    return Record(Key(System.SALESFORCE, "Opportunity", deal_id(1)), values, NOON)


def _with_line(deal: Record, intent: Intent) -> Record:
    rows = [dict(row) for row in deal.get("OpportunityLineItems")]
    if intent.target is None:
        mark = intent.body[quote_lines.MARKER]
        rows = [row for row in rows if row.get(quote_lines.MARKER) != mark]
        product_id = next(
            product_id
            for product_id, entry_id in sold_entries(intent)
            if entry_id == intent.body["PricebookEntryId"]
        )
        rows.append({**intent.body, "Id": f"00k{mark[:15]}", "Product2Id": product_id})
    elif intent.removes:
        rows = [row for row in rows if row["Id"] != intent.target.id]
    else:
        rows = [{**row, **intent.body} if row["Id"] == intent.target.id else row for row in rows]
    amounts = [_total(row) for row in rows]
    values = {**deal.values, "OpportunityLineItems": rows}
    values["Amount"] = sum(amounts, Decimal(0))
    return replace(deal, values=values)


def sold_entries(intent: Intent) -> list[tuple[str, str]]:
    """Return the product of a line's entry, as the line's shared value names it."""
    (value,) = intent.shared.values()
    return [(value["product"], intent.body["PricebookEntryId"])]


def _total(row: Mapping[str, Any]) -> Decimal:
    kept = 1 - (row.get("Discount") or Decimal(0)) / 100
    total: Decimal = row["Quantity"] * row["UnitPrice"] * kept
    return total.quantize(CENT, ROUND_HALF_UP)
