"""What of the account is to be paid now: the open items and what goes on with them.

The page, the statement and the payments all ask :meth:`_picture`, so that none of them
says something else than the others.
"""

from dataclasses import dataclass
from typing import Any

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import owed
from .credit_account import DOCUMENTS, MOVE_FIELDS
from .credit_agreement import to_major
from .credit_regime_resolution import to_minor

#: The sums of :meth:`CreditAccount._totals`.
SUMS = (
    "overdue",
    "due_today",
    "later",
    "contested",
    "under_way",
    "agreed_now",
    "agreed_later",
    "held",
)


@dataclass(frozen=True)
class Asked:
    """A plan that runs, or open promises made together, and what they ask for.

    ``record_id`` is the plan; ``items`` are ids, ``terms`` in minor units.
    """

    kind: str
    record_id: int
    currency: Any
    items: frozenset[int]
    terms: owed.Terms


@dataclass(frozen=True)
class Picture:
    """An account as it is now: rows of items, open charges, agreements and sums.

    Beside ``charges``, ``being_paid`` are those of which a payment is under way, and
    ``apart`` those that go with what is held. ``present`` tells of what kinds there is
    something, see :meth:`CreditAccount._present`.
    """

    rows: list
    charges: Any
    being_paid: Any
    apart: Any
    asked: list
    totals: dict
    present: frozenset

    @property
    def claims(self):
        return [row for row in self.rows if row["amount"] > 0]

    @property
    def all_charges(self):
        """All that are open, whether they are asked for or not."""
        return (self.charges | self.being_paid | self.apart).sorted(
            lambda charge: (charge.date, charge.id)
        )


class CreditAccount(models.AbstractModel):
    _inherit = "credit.account"

    @api.model
    def _picture(self, account, others=None):
        """What is open, what is to be paid of it now, and why the rest is not.

        Each row gets its ``split``, in minor units; ``late`` days are those of what is
        owed now or promised (a plan has days of its own), and ``wanted`` tells whether
        all of it is owed now that is not contested. What
        is ``held``, see :meth:`_held_codes`, is part of no sum that is asked for, nor
        are its charges.

        :param others: other documents of which the page tells, to be read along
        :return: :class:`Picture`
        """
        charges = self._open_charges(account)
        others = charges.invoice_id | others if others else charges.invoice_id
        being_paid = self._charges_under_way(charges)
        charges -= being_paid
        items = self._open_items(account)
        present = self._present(account, items)
        rows = self._item_rows(account, items, present, others)
        rows += self._received_rows(account, rows)
        agreements, currencies = self._agreements(account, present)
        claims = [
            owed.Open(
                row["id"],
                to_minor(row["amount"], row["currency"]),
                max(0, to_minor(row["amount"], row["currency"]) - row["contested"]),
                row["under_way"],
                row["unbooked"],
                row["as_promised"],
            )
            for row in rows
            if row["amount"] > 0
        ]
        splits, terms = owed.split(claims, agreements, account.today)
        self._tell_promised_days(account, rows, claims, agreements)
        held = self._held_codes()
        for row in rows:
            row["split"] = split = splits.get(row["id"])
            if split:
                codes = {code for code, _label in row["statuses"]}
                row["held"] = next((code for code in held if code in codes), None)
                asked_now = split.rest > 0 and row["owed"]
                row["payable"] = split.contested + split.payable > 0 and held.get(
                    row["held"], True
                )
                promised = split.agreed > 0 and row["owed"] and "plan" not in codes
                row["late"] = max(row["days"], 0) if asked_now or promised else 0
                row["wanted"] = (
                    asked_now
                    and not codes & {"plan_asked", "told"}
                    and not row["held"]
                    and not (split.agreed or split.under_way)
                )
        apart = self._held_charges(account, charges, rows, present)
        charges -= apart
        asked = [
            Asked(
                agreement.key[0],
                agreement.key[1],
                currencies[agreement.key],
                agreement.claims,
                terms[agreement.key],
            )
            for agreement in agreements
        ]
        totals = self._totals(rows, charges, being_paid, asked, apart)
        return Picture(rows, charges, being_paid, apart, asked, totals, present)

    @api.model
    def _tell_promised_days(self, account, rows, claims, agreements):
        """Of several promises for the same items, tell with each item its own day."""
        days = owed.promised_days(claims, agreements)
        for row in rows:
            if own := days.get(row["id"]):
                label = self._status_label
                told = [
                    ("promise", label(account, "promise", day, None, row["currency"]))
                    for day in own
                ]
                row["statuses"] = [
                    status
                    for code, text in row["statuses"]
                    for status in (told if code == "promise" else [(code, text)])
                ]

    @api.model
    def _item_rows(self, account, items, present, others=None):
        """What is told of each open item, as plain values.

        ``days`` since the due date, ``owed`` tells whether it is owed by now: what
        falls due today is, and is not overdue. ``statuses`` is a list of (code,
        label); of the amounts that say what goes on with it, in minor units, see
        :class:`GoingOn`.
        """
        today = account.today
        # One query for what is needed of the documents, not all of their columns.
        moves = items.move_id | others if others else items.move_id
        moves.search_fetch(Domain("id", "in", moves.ids), MOVE_FIELDS)
        going_on = self._statuses(account, items, present)
        self._tell_rest(account, items, going_on.statuses)
        names = items._credit_names()
        rows = []
        for item in items:
            move, due = item.move_id, item.date_maturity or item.date
            own = going_on.statuses.get(item.id, [])
            claim = item.amount_residual_currency > 0
            rows.append(
                self._row(
                    id=item.id,
                    item=item,
                    name=names[item.id],
                    date=item.invoice_date or item.date,
                    due=due,
                    days=(today - due).days,
                    owed=due <= today,
                    amount=item.amount_residual_currency,
                    contested=going_on.contested.get(item.id, 0),
                    under_way=going_on.under_way.get(item.id, 0),
                    as_promised=going_on.as_promised.get(item.id, 0),
                    unbooked=going_on.unbooked.get(item.id, 0),
                    original=item.amount_currency,
                    currency=item.currency_id,
                    move_id=move.id,
                    is_charge=move.credit_is_charge,
                    has_pdf=move.move_type in DOCUMENTS,
                    disputable=claim and move.move_type == "out_invoice",
                    statuses=own,
                    payable=claim,
                )
            )
        return rows

    @api.model
    def _tell_rest(self, account, items, statuses):
        """Beside a credit note that is to follow, name what was not accepted.

        Of an invoice in instalments once, and not while any of it is disputed still.
        Nothing is looked up where none follows.

        :param dict statuses: {item id: [(code, label)]}, changed in place
        """
        credited = items.filtered(
            lambda item: any(
                code == "credited" for code, _x in statuses.get(item.id, ())
            )
        )
        if not credited:
            return
        disputes = account.env["credit.dispute"].search(
            Domain("move_id", "in", credited.move_id.ids)
            & (
                Domain("state", "=", "open")
                | Domain("state", "=", "partly")
                & Domain("credit_note_id.state", "=", "draft")
            )
        )
        for move, own in disputes.grouped("move_id").items():
            if any(dispute.state == "open" for dispute in own):
                continue
            # What they are about may be the same.
            rest = min(
                sum(dispute._rest_amount() for dispute in own),
                own._left_after_notes(move),
            )
            if not move.currency_id.is_zero(rest):
                item = credited.filtered(lambda item, move=move: item.move_id == move)[
                    -1
                ]
                code = "not_accepted"
                label = self._status_label(account, code, None, rest, move.currency_id)
                statuses[item.id].append((code, label))

    @api.model
    def _row(self, **told):
        """A row with what is told of it; of money that has come in that is little."""
        return {
            "id": 0,
            "item": self.env["account.move.line"],
            "date": None,
            "due": None,
            "days": 0,
            "late": 0,
            "owed": False,
            "contested": 0,
            "under_way": 0,
            "as_promised": 0,
            "unbooked": 0,
            "move_id": False,
            "is_charge": False,
            "has_pdf": False,
            "disputable": False,
            "statuses": [],
            "payable": False,
            "wanted": False,
            "held": None,
            **told,
        }

    @api.model
    def _held_codes(self):
        """Statuses of claims for which the page does not ask: {code: may be paid here}.

        The first one counts. Addons add theirs.
        """
        return {}

    @api.model
    def _held_charges(self, account, charges, rows, present):
        """Charges that go with what is held."""
        moves = {row["move_id"] for row in rows if row["held"]}
        return charges.filtered(lambda charge: charge.invoice_id.id in moves)

    # ------------------------------------------------------------------
    # What was agreed on
    # ------------------------------------------------------------------

    @api.model
    def _agreements(self, account, present):
        """Plans that run and open promises of the debtor, plans first.

        A plan of which only the fee is left has no open item any more, and is among
        them all the same.

        :return: (list of :class:`.owed.Agreement`, {key: currency})
        """
        parts, claims, currencies = {}, {}, {}
        if not present & {"plan", "promise"}:
            return [], currencies
        for kind, key, currency_id, day, left, items in account.env.execute_query(
            self._agreements_sql(account)
        ):
            key = (kind, key)
            currency = account.env["res.currency"].browse(currency_id)
            currencies[key] = currency
            claims[key] = frozenset(items or ())
            parts.setdefault(key, []).append((day, to_minor(float(left), currency)))
        plans = account.env["credit.plan"].browse(
            key[1] for key in parts if key[0] == "plan"
        )
        begun = dict.fromkeys(parts, 0)
        for charge in self._charges_under_way(plans.charge_ids):
            amount = to_minor(charge.amount_open, charge.currency_id)
            begun["plan", charge.plan_id.id] += amount
        return [
            owed.Agreement(
                key, claims[key], tuple(parts[key]), key[0] == "plan", begun[key]
            )
            for key in parts
        ], currencies

    @api.model
    def _agreements_sql(self, account):
        """Query of (kind, key, currency id, day, what is left, item ids)."""
        return SQL(
            """SELECT 'plan', plan.id, plan.currency_id, line.date,
                      line.amount - COALESCE(line.amount_paid, 0),
                      (SELECT ARRAY_AGG(item_id) FROM credit_plan_item_rel rel
                        WHERE rel.plan_id = plan.id)
                 FROM credit_plan plan
                 JOIN credit_plan_line line ON line.plan_id = plan.id
                WHERE plan.state = 'active' AND line.state <> 'paid'
                  AND plan.partner_id = %(debtor)s AND plan.company_id = %(company)s
            UNION ALL
               SELECT 'promise',
                      -- Those of a series are about the same items.
                      MIN(promise.id) OVER (
                          PARTITION BY COALESCE(promise.series, promise.id::text)),
                      promise.currency_id, promise.date,
                      promise.amount - COALESCE(promise.amount_paid, 0),
                      (SELECT ARRAY_AGG(item_id) FROM credit_promise_item_rel rel
                        WHERE rel.promise_id = promise.id)
                 FROM credit_promise promise
                WHERE promise.state = 'open'
                  AND promise.partner_id = %(debtor)s
                  AND promise.company_id = %(company)s
                ORDER BY 1, 2, 4""",
            debtor=account.debtor.id,
            company=account.company.id,
        )

    # ------------------------------------------------------------------
    # Sums
    # ------------------------------------------------------------------

    @api.model
    def _totals(self, rows, charges, being_paid, asked, apart):
        """Sums by currency, in major units: ``{currency: {"now", …}}``.

        ``overdue``, ``due_today`` and ``later`` are what nothing else is said of;
        ``contested``, ``under_way`` and ``agreed_later`` need not be paid now,
        ``agreed_now`` has to: instalments and promises whose day has come, with the
        fee of a plan. ``held`` is not asked for here, with its charges (``apart``).
        ``credited`` tells whether a credit note is to follow for some of what is
        contested. ``charges``, ``credit``; ``now`` is what is owed now, all in all,
        ``whole`` that and what falls due later; ``next`` falls due on ``next_day`` as
        agreed on.
        """
        totals = {}
        currencies = [row["currency"] for row in rows]
        currencies += [charge.currency_id for charge in charges | being_paid | apart]
        currencies += [one.currency for one in asked]
        for currency in dict.fromkeys(currencies):
            own = [row for row in rows if row["currency"] == currency]
            minor = dict.fromkeys(SUMS, 0)
            for row in own:
                if split := row["split"]:
                    when = "overdue" if row["owed"] else "later"
                    if row["days"] == 0:
                        when = "due_today"
                    minor["held" if row["held"] else when] += split.rest
                    minor["contested"] += split.contested
                    minor["under_way"] += split.under_way
            for one in asked:
                if one.currency == currency:
                    minor["agreed_now"] += one.terms.now
                    minor["agreed_later"] += one.terms.later
            total = {name: to_major(amount, currency) for name, amount in minor.items()}
            total["under_way"] += sum(
                charge.amount_open
                for charge in being_paid
                if charge.currency_id == currency
            )
            total["held"] += sum(
                charge.amount_open for charge in apart if charge.currency_id == currency
            )
            total["credit"] = -sum(row["amount"] for row in own if row["amount"] < 0)
            total["charges"] = sum(
                charge.amount_open
                for charge in charges
                if charge.currency_id == currency
            )
            # One sum alone is what is owed now: it need not be said twice.
            total["several"] = bool(total["overdue"] and total["due_today"]) or any(
                total[name]
                for name in total
                if name not in ("overdue", "due_today", "later")
            )
            total["credited"] = any(
                code == "credited" for row in own for code, _label in row["statuses"]
            )
            now = total["overdue"] + total["due_today"] + total["agreed_now"]
            now += total["charges"] - total["credit"]
            total["now"] = currency.round(max(now, 0))
            total["whole"] = currency.round(max(now + total["later"], 0))
            upcoming = [
                one.terms.upcoming
                for one in asked
                if one.currency == currency and one.terms.upcoming
            ]
            day, amount = min(upcoming, default=(None, 0))
            total["next_day"], total["next"] = day, to_major(amount, currency)
            totals[currency] = total
        return totals
