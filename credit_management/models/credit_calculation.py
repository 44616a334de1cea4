"""What is owed at a date, with the calculation line by line: to show, print and export.

A calculation is a list of statements, one for each debtor and currency. It is made of
plain values first (:mod:`engine.statement`), and told in a language after that.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, models
from odoo.fields import Domain

from ..engine import statement
from ..engine.regime import CHARGES, COST, Claim
from .credit_regime_resolution import to_minor


@dataclass
class Statement:
    """All items of one debtor in one currency.

    ``carried``: charges claimed before that belong to none of the items, as
    ``credit.charge`` records. ``withheld``: charges that none, or not all, of the items
    bear, for reasons that are not those of one item. ``contested``: by invoice, what
    the debtor disputes of the items, in minor units; claimed like the rest.
    """

    company: object
    partner: object
    currency: object
    day: object
    entries: list = field(default_factory=list)
    later: list = field(default_factory=list)
    carried: object = None
    withheld: list = field(default_factory=list)
    contested: dict = field(default_factory=dict)

    @property
    def residual(self):
        return sum(entry.residual for entry in self.entries)

    def charge(self, kind):
        """What is owed of one kind on all items, in minor units."""
        return sum(
            entry.parts[kind].amount for entry in self.entries if kind in entry.parts
        )

    @property
    def carried_minor(self):
        """Charges of earlier reminders, in minor units."""
        if not self.carried:
            return 0
        return sum(to_minor(c.amount_open, self.currency) for c in self.carried)

    @property
    def total(self):
        """All that is owed, in minor units."""
        return sum(entry.total for entry in self.entries) + self.carried_minor

    @property
    def kinds(self):
        """The kinds of charges that some item bears."""
        return [k for k in CHARGES if any(k in entry.parts for entry in self.entries)]

    @property
    def missing(self):
        """Rates that are missing, as the sentences that name them."""
        found = [entry.missing for entry in self.entries if entry.missing]
        series = self.company.env["credit.rate.series"]
        return list(dict.fromkeys(series._missing_sentences(found)))


class CreditCalculation(models.AbstractModel):
    _name = "credit.calculation"
    _description = "Calculation of Claims"

    @api.model
    def _statements(self, items, day, wanted, carried=False, keep_claimed=False):
        """Work out what is owed on items at a date.

        :param items: ``account.move.line`` records of one company
        :param date day: interest runs until its end
        :param frozenset wanted: kinds of charges, see :mod:`engine.regime`
        :param bool carried: with charges of earlier reminders that belong to none of
            the items
        :param bool keep_claimed: with what was claimed before of kinds that are not
            wanted
        :rtype: list[Statement]
        """
        facts = self._facts(items, day, wanted)
        groups = items.grouped(
            lambda item: (item.partner_id.commercial_partner_id, item.currency_id)
        )
        made = [
            self._statement(group, day, wanted, facts, keep_claimed)
            for group in groups.values()
        ]
        if carried:
            self._add_carried(made, items, day)
        return made

    @api.model
    def _facts(self, items, day, wanted):
        """What was found about items, for one or several statements of that day."""
        assessed = self.env["credit.engine"]._assess_items(items, day, wanted)
        return assessed, self._prior(items, day)

    @api.model
    def _statement(self, items, day, wanted, facts, keep_claimed=False):
        """The statement of items of one debtor and currency."""
        assessed, prior = facts
        partner = items.partner_id.commercial_partner_id
        made = Statement(items.company_id, partner, items.currency_id, day)
        bearing = defaultdict(list)
        for item in items.sorted(lambda i: (i.date_maturity or i.date, i.id)):
            row = assessed.get(item)
            claim = row["claim"] if row else self._plain_claim(item)
            if claim.due > day:
                made.later.append(item)
                continue
            entry = statement.entry(
                item,
                claim,
                row and row["assessment"],
                day,
                prior.get(item.id, {}),
                wanted,
                keep_claimed,
            )
            made.entries.append(entry)
            if row:
                entry.regime = row["regime_record"]
                bearing[row["regime"]].append(entry)
        if COST in wanted:
            for regime, entries in bearing.items():
                made.withheld += statement.add_costs(entries, regime, day)
        return made

    @api.model
    def _plain_claim(self, item):
        """A debit note that is a charge itself bears none."""
        currency = item.currency_id
        return Claim(
            principal=to_minor(item.amount_residual_currency, currency),
            due=item.date_maturity or item.date,
            issued=item.move_id.invoice_date or item.date,
        )

    @api.model
    def _prior(self, items, day):
        """Charges claimed until ``day``: {item id: {kind: Prior}}."""
        groups = (
            self.env["credit.charge"]
            .sudo()
            ._read_group(
                [
                    ("move_line_id", "in", items.ids),
                    ("date", "<=", day),
                    ("state", "!=", "reversed"),
                ],
                ["move_line_id", "kind", "state", "currency_id"],
                ["amount:sum", "amount_waived:sum"],
            )
        )
        sums = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
        for item, kind, state, currency, amount, waived in groups:
            amount, waived = to_minor(amount, currency), to_minor(waived, currency)
            found = sums[item.id][kind]
            found[0] += amount
            found[1] += waived
            if state == "booked":
                found[2] += amount - waived
        return {
            item_id: {kind: statement.Prior(*found) for kind, found in kinds.items()}
            for item_id, kinds in sums.items()
        }

    @api.model
    def _add_carried(self, statements, items, day):
        """Fees, and charges on what is paid: claimed, open, of none of the items."""
        partners = self.env["res.partner"].union(*(made.partner for made in statements))
        charges = self.env["credit.charge"].search(
            Domain("company_id", "in", items.company_id.ids)
            & Domain("partner_id", "in", partners.ids)
            & Domain("state", "=", "claimed")
            & Domain("date", "<=", day)
            & ~Domain("plan_id.state", "=", "active")
            & (
                Domain("move_line_id", "=", False)
                | Domain("move_line_id.reconciled", "=", True)
            )
            & Domain("move_line_id", "not in", items.ids),
            order="date, id",
        )
        groups = charges.grouped(lambda charge: (charge.partner_id, charge.currency_id))
        for made in statements:
            made.carried = groups.get((made.partner, made.currency))
