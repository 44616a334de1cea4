"""What reminders ask for on late payment, while it is worked out.

The same for reminders that are being proposed and for those that are about to leave:
facts of all items in a few queries, arithmetic in plain Python. What does not depend on
the amount of an item is worked out once for all items alike
(:class:`..engine.charges.Assessor`).
"""

import json
from collections import defaultdict
from itertools import chain
from operator import itemgetter

from odoo import api, models
from odoo.tools import SQL, groupby

from ..engine import charges
from ..engine import regime as rules
from ..engine.calendar import ONE_DAY
from ..engine.coming import rates_between
from ..engine.start import add_months, interest_start
from .credit_engine_charges import among

#: Kinds of charges that are worked out item by item.
ITEM_KINDS = (rules.INTEREST, rules.INDEMNITY, rules.CLAUSE)
NOTHING_CLAIMED = (0, 0, None)


class Account:
    """What one reminder asks for; minor units.

    :ivar dict lines: {line: [interest, indemnity and clause, costs]}
    :ivar dict bearing: rows that bear interest, by rules and first day: one for each
    :ivar list new: what is claimed for the first time: (kind, amount, row, last day of
        what was claimed before)
    :ivar missing: the rate for want of which nothing could be worked out, or None
    """

    __slots__ = (
        *("lines", "fee", "claimed", "details", "withheld", "missing", "new"),
        *("reasons", "bearing"),
    )

    def __init__(self):
        self.lines = {}
        self.fee = 0
        self.claimed = {}
        self.details = {}
        self.withheld = {}
        self.missing = None
        self.new = []
        self.reasons = None
        self.bearing = {}

    def add(self, kind, amount, row, start=None):
        """Ask for ``amount``, by the rules that ``row`` stands for.

        :param date start: the day after which interest runs, where it is known
        """
        if amount:
            self.claimed[kind] = self.claimed.get(kind, 0) + amount
            self.details.setdefault(kind, row)
            if kind == rules.INTEREST:
                regime, terms = row["regime"], row["terms"]
                start = start or interest_start(row["claim"], regime, terms)
                self.bearing[id(regime), id(terms), start] = row

    def claim(self, kind, amount, row, last=None):
        """Note what is claimed for the first time; the rest was claimed before."""
        if amount > 0:
            self.new.append((kind, amount, row, last))

    def leave_out_all(self, reasons):
        """Note several of them; items alike bring the very same tuple."""
        if reasons is not self.reasons:
            self.reasons = reasons
            for withheld in reasons:
                self.leave_out(withheld)

    def leave_out(self, withheld):
        """Note why a charge is not asked for; the latest end of a wait counts."""
        key = (withheld.kind, withheld.reason)
        known = self.withheld.get(key)
        if not known or (withheld.until and withheld.until > known.until):
            self.withheld[key] = withheld

    def totals(self):
        """The sums of the amounts of the lines."""
        columns = zip(*self.lines.values(), strict=True)
        return [sum(column) for column in columns] or [0, 0, 0]


class Work:
    """What the accounts of one company and day have in common.

    Many are worked out in parts, with one and the same: what items alike share is
    found out once.

    :param rules_of: see :meth:`CreditEngine._charge_rules`
    :ivar dict prior: see :meth:`CreditEngine._charges_claimed`, of the part at hand
    """

    def __init__(self, company, day, book, rules_of):
        self.company = company
        self.day = day
        self.book = book
        self.rules_of = rules_of
        self._assessors = {}
        self._percents = {}
        self._costs = {}
        self.costs = defaultdict(list)
        self.look_at({})

    def look_at(self, prior):
        """Go on with other items, of which this was claimed before."""
        self.prior = prior
        self.claimed_items = {item_id for item_id, _kind in prior}

    def assessor(self, asked):
        """What assesses items for these kinds of charges."""
        if asked not in self._assessors:
            self._assessors[asked] = charges.Assessor(asked, self.day, self.book)
        return self._assessors[asked]

    def note_cost(self, row, amount):
        """Note costs that another reminder of these asks of the same debtor."""
        key = (row["debtor_id"], row["currency_id"])
        self.costs[key].append((row["id"], row["principal"], amount))

    def costs_since(self, engine, start):
        """See :meth:`CreditEngine._costs_since`; asked for once."""
        if start not in self._costs:
            self._costs[start] = engine._costs_since(self.company, start)
        return self._costs[start]

    def percent(self, account):
        """The yearly rate of the interest, as text, if all of it bears the same one.

        Where it has changed meanwhile, a debtor who multiplies would find another sum.
        """
        found = set()
        for key, row in account.bearing.items():
            if key not in self._percents:
                *_rules, start = key
                first = start + ONE_DAY if start else self.day
                self._percents[key] = rates_between(
                    self.book, row["regime"], row["terms"], first, self.day
                )
            found |= self._percents[key]
        return str(found.pop()) if len(found) == 1 else None


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _charge_work(self, company, day):
        """What to begin with to work out charges of a company, see :class:`Work`.

        :param date day: the day of the claim
        """
        book = self.env["credit.rate"].sudo()._book(company)
        return Work(company, day, book, self._charge_rules(company, day))

    @api.model
    def _charge_accounts(self, work, lines, wanted, facts=None):
        """Work out the charges of reminders.

        :param Work work: see :meth:`_charge_work`
        :param lines: tuples (line, reminder id, item id, step id), the lines of a
            reminder one after another; ``line`` is whatever names it
        :param wanted: {step id: kinds of charges that the step asks for}
        :param facts: those of the items, by whoever knows them already
        :return: {reminder id: :class:`Account`}
        """
        item_ids = [line[2] for line in lines if line[2]]
        claims = self._charge_claims(
            work.company, item_ids, work.day, facts, work.rules_of
        )
        self._leave_out_disputed(claims)
        rows = {row["id"]: row for row in claims if not row["is_charge"]}
        work.look_at(self._charges_claimed(item_ids))
        counts = {}
        if any(rules.FEE in kinds for kinds in wanted.values()):
            counts = self._fee_counts(work.company, rows.values(), work.day)
        accounts = {}
        for reminder_id, own in groupby(lines, itemgetter(1)):
            account = accounts[reminder_id] = Account()
            pairs = [(line, rows[line[2]]) for line in own if line[2] in rows]
            if not pairs:
                continue
            asked = wanted[pairs[0][0][3]]
            assess = work.assessor(asked).assess
            for line, row in pairs:
                assessment = assess(row["claim"], row["regime"], row["terms"])
                self._charge_line(account, line[0], row, assessment, work)
            self._charge_costs(account, pairs, asked, work)
            self._charge_fee(account, pairs, asked, work, counts)
        return accounts

    @api.model
    def _charge_line(self, account, line, row, assessment, work):
        """Interest, indemnity and clause of one item."""
        if assessment.missing:
            account.missing = assessment.missing
        account.leave_out_all(assessment.withheld)
        owed = assessment.amounts
        if row["id"] in work.claimed_items:
            owed = {
                kind: self._charge_anew(account, kind, assessment, row, work)
                for kind in ITEM_KINDS
            }
        else:
            for kind, amount in owed.items():
                account.add(kind, amount, row, assessment.start)
                account.claim(kind, amount, row)
        account.lines[line] = [
            owed.get(rules.INTEREST, 0),
            owed.get(rules.INDEMNITY, 0) + owed.get(rules.CLAUSE, 0),
            0,
        ]

    @api.model
    def _charge_anew(self, account, kind, assessment, row, work):
        """What is owed of one kind on an item of which some was claimed before."""
        claimed, settled, last = work.prior.get((row["id"], kind), NOTHING_CLAIMED)
        total = assessment.amounts.get(kind, 0)
        if kind != rules.INTEREST and claimed:
            # Claimed once: neither the rate of exchange nor what was paid meanwhile
            # changes it.
            total = claimed
        # What was claimed before and is not asked for anew is still owed.
        owed = max(total, claimed)
        if kind == rules.INTEREST and kind in assessment.amounts:
            # A payment or a credit note that was entered late lowers it.
            owed = total
        account.add(kind, max(owed - settled, 0), row)
        account.claim(kind, total - claimed, row, last)
        return max(owed - settled, 0)

    @api.model
    def _charge_costs(self, account, pairs, asked, work):
        """Collection costs by scale, for the claims of a reminder together."""
        if rules.COST not in asked and not work.prior:
            return
        owed = {}
        for line, row in pairs:
            claimed, settled, _last = work.prior.get(
                (row["id"], rules.COST), NOTHING_CLAIMED
            )
            owed[line[0]] = claimed - settled
        if rules.COST in asked:
            by_regime = defaultdict(list)
            for line, row in pairs:
                by_regime[row["regime"].code].append((line, row))
            for group in by_regime.values():
                regime = group[0][1]["regime"]
                costs = charges.assess_costs(
                    [r["claim"] for _l, r in group],
                    regime,
                    work.day,
                    self._small_costs(work, group),
                )
                for withheld in costs.withheld:
                    account.leave_out(withheld)
                # Costs are counted on all claims together, and asked for once: what
                # was claimed before stays with its items, the rest goes to the others.
                fresh, before = [], 0
                for (line, row), share in zip(group, costs.shares, strict=True):
                    claimed = work.prior.get((row["id"], rules.COST), NOTHING_CLAIMED)
                    before += claimed[0]
                    if share and not claimed[0]:
                        fresh.append((line, row, share))
                shares = charges.spread(
                    max(costs.amount - before, 0), [share for _l, _r, share in fresh]
                )
                for (line, row, _share), amount in zip(fresh, shares, strict=True):
                    owed[line[0]] += amount
                    account.claim(rules.COST, amount, row)
                    work.note_cost(row, amount)
        for line, row in pairs:
            account.lines[line[0]][2] = owed[line[0]]
            account.add(rules.COST, owed[line[0]], row)

    @api.model
    def _small_costs(self, work, group):
        """What other small instalments of a debtor cost in the months that count.

        Those of one day and company are read for all debtors at once.
        """
        row = group[0][1]
        regime = row["regime"]
        if regime.cost_small is None:
            return 0
        own = {r["id"] for _line, r in group}
        start = add_months(work.day, -regime.cost_small_months)
        key = (row["debtor_id"], row["currency_id"])
        return sum(
            amount
            for item_id, principal, amount in chain(
                work.costs_since(self, start).get(key, ()), work.costs[key]
            )
            if item_id not in own and charges.is_small(principal, regime)
        )

    @api.model
    def _costs_since(self, company, start):
        """Collection costs claimed of each debtor since a day.

        :return: {(debtor id, currency id): [(item id, its principal, amount)]}, in
            minor units
        """
        found = defaultdict(list)
        for debtor_id, currency_id, *cost in self.env.execute_query(
            SQL(
                """SELECT charge.partner_id, charge.currency_id, charge.move_line_id,
                          ROUND(aml.amount_currency * unit.factor)::bigint,
                          ROUND(charge.amount * unit.factor)::bigint
                     FROM credit_charge charge
                     JOIN account_move_line aml ON aml.id = charge.move_line_id
                     JOIN (SELECT id, POWER(10::numeric, decimal_places) AS factor
                             FROM res_currency) unit ON unit.id = charge.currency_id
                    WHERE charge.company_id = %s AND charge.kind = 'cost'
                      AND charge.state <> 'reversed' AND charge.date > %s""",
                company.id,
                start,
            )
        ):
            found[debtor_id, currency_id].append(cost)
        return found

    @api.model
    def _charge_fee(self, account, pairs, asked, work, counts):
        """The fee for this reminder, once for all its items."""
        if rules.FEE not in asked:
            return
        for _line, other in pairs:
            withheld = charges.gate(
                other["claim"], other["regime"], rules.FEE, work.day
            )
            if withheld:
                account.leave_out(withheld)
                return
        # A reminder is not free any more if one of its claims had its share of those.
        row = max((row for _line, row in pairs), key=lambda row: counts[row["id"]])
        amount, withheld = charges.fee(row["regime"], row["terms"], counts[row["id"]])
        if (
            amount
            and not row["regime"].fee_beside_clause
            and (rules.CLAUSE in account.claimed)
        ):
            article = row["regime"].fee_article
            withheld = charges.Withheld(rules.FEE, charges.FORBIDDEN, article)
        if withheld:
            account.leave_out(withheld)
            return
        account.fee = amount
        account.add(rules.FEE, amount, row)
        account.claim(rules.FEE, amount, row)

    @api.model
    def _fee_counts(self, company, rows, day):
        """What was reminded before, as the regime counts free reminders.

        Of each claim, or of how many due dates in the calendar year; what bounced was
        never received.

        :param rows: as :meth:`_charge_claims` gives them
        :return: {item id: number}
        """
        counts = dict.fromkeys((row["id"] for row in rows), 0)
        by_date = [row for row in rows if row["regime"].fee_free_per == "dates"]
        by_claim = [row for row in rows if row["regime"].fee_free_per != "dates"]
        sent = SQL(
            """FROM credit_reminder reminder
               JOIN credit_reminder_line line ON line.reminder_id = reminder.id
              WHERE reminder.state = 'sent' AND reminder.is_thanks IS NOT TRUE
                AND reminder.delivery_state IS DISTINCT FROM 'bounced'
                AND reminder.company_id = %s""",
            company.id,
        )
        if by_claim:
            found = self.env.execute_query(
                SQL(
                    """SELECT line.move_line_id, COUNT(*) %s
                          AND line.move_line_id %s
                        GROUP BY line.move_line_id""",
                    sent,
                    among([row["id"] for row in by_claim]),
                )
            )
            counts.update(found)
        if by_date:
            found = dict(
                self.env.execute_query(
                    SQL(
                        """SELECT reminder.partner_id, COUNT(DISTINCT line.date_due) %s
                              AND reminder.partner_id %s
                              AND reminder.date_done >= %s
                            GROUP BY reminder.partner_id""",
                        sent,
                        among({row["debtor_id"] for row in by_date}),
                        day.replace(month=1, day=1),
                    )
                )
            )
            counts.update(
                (row["id"], found.get(row["debtor_id"], 0)) for row in by_date
            )
        return counts


def account_summary(account, unit, work, final):
    """What ``credit.reminder.charges`` keeps, as JSON text.

    :param Decimal unit: the minor unit of the currency
    :param bool final: with each charge that is claimed for the first time. A proposal
        says the sums alone: it is worked out again before it leaves.
    """
    kept = {
        "claimed": [
            {
                "kind": kind,
                "amount": str(amount * unit),
                "regime_id": account.details[kind]["regime_record"].id,
                "percent": work.percent(account) if kind == rules.INTEREST else None,
            }
            for kind in rules.CHARGES
            if (amount := account.claimed.get(kind))
        ],
        "withheld": [
            {
                "kind": withheld.kind,
                "reason": withheld.reason,
                "article": withheld.article,
                "until": withheld.until.isoformat() if withheld.until else None,
                "series": withheld.series,
                "period": withheld.period,
            }
            for withheld in account.withheld.values()
        ],
    }
    if final:
        kept["new"] = [new_charge(*claim, unit, work.day) for claim in account.new]
    return json.dumps(kept)


def new_charge(kind, amount, row, last, unit, day):
    """Values of a charge that is claimed for the first time.

    :param date last: the last day for which interest was claimed before, or None
    """
    values = {
        "kind": kind,
        "amount": str(amount * unit),
        "regime_id": row["regime_record"].id,
    }
    if kind != rules.FEE:
        values |= {"move_line_id": row["id"], "invoice_id": row["move_id"]}
    if kind == rules.INTEREST:
        # The same days are never claimed twice.
        start = last or interest_start(row["claim"], row["regime"], row["terms"])
        if start < day:
            values["date_from"] = (start + ONE_DAY).isoformat()
            values["date_to"] = day.isoformat()
    return values
