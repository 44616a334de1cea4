"""What goes on with an open item, as the debtor reads it beside it."""

from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import SQL, format_amount

from ..engine import owed
from ..report.wording import day_text
from .credit_account import UNDER_WAY
from .credit_agreement import to_major
from .credit_regime_resolution import to_minor

#: What may go on with an item, in the order in which it is told.
STATUSES = (
    "payment",
    "promise",
    "plan",
    "plan_asked",
    "told",
    "dispute",
    "credited",
)


@dataclass(frozen=True)
class GoingOn:
    """What goes on with open items: each is {item id: …}, amounts in minor units.

    ``statuses`` are lists of (code, label); ``under_way`` is what is being paid,
    ``as_promised`` what of that is paid because it was promised, and ``unbooked`` what
    of it was paid without a journal entry. ``contested`` is disputed or to be credited.
    """

    statuses: dict = field(default_factory=dict)
    under_way: dict = field(default_factory=dict)
    as_promised: dict = field(default_factory=dict)
    unbooked: dict = field(default_factory=dict)
    contested: dict = field(default_factory=dict)


class CreditAccount(models.AbstractModel):
    _inherit = "credit.account"

    @api.model
    def _statuses(self, account, items, present):
        """What is going on with the items.

        :param present: of what kinds there is something, see :meth:`_present`
        :return: :class:`GoingOn`
        """
        whole = {
            item.id: to_minor(item.amount_residual_currency, item.currency_id)
            for item in items
        }
        unbooked = items.filtered(
            lambda item: item.move_id.payment_state in ("in_payment", "paid")
        )
        paid = {
            item.id: whole[item.id] - to_minor(open_, item.currency_id)
            for item, open_ in unbooked._credit_open().items()
        }
        unbooked = {item_id: part for item_id, part in paid.items() if part > 0}
        under_way = dict(unbooked)
        found, as_promised = {}, {}
        parts = self._statuses_sql(account, items)
        for item_id, code, day, amount in account.env.execute_query(
            SQL(" UNION ALL ").join(
                part for kind, part in parts if kind is None or kind in present
            )
        ):
            if code not in ("payment", "promised"):
                found[item_id, code] = (day, float(amount or 0))
            elif amount is None:
                under_way[item_id] = whole[item_id]
            elif amount:
                paid = under_way.get(item_id, 0) + int(amount)
                under_way[item_id] = min(paid, whole[item_id])
                if code == "promised":
                    named = as_promised.get(item_id, 0) + int(amount)
                    as_promised[item_id] = named
        contested = self._contested(items, found, whole)
        self._share_out(items, found, whole)
        currencies = {item.id: item.currency_id for item in items}
        for item_id, paid in under_way.items():
            part = paid if paid < whole[item_id] else 0
            found[item_id, "payment"] = (None, to_major(part, currencies[item_id]))
        statuses = {}
        order = self._status_codes().index
        for item_id, code in sorted(found, key=lambda key: order(key[1])):
            day, amount = found[item_id, code]
            label = self._status_label(account, code, day, amount, currencies[item_id])
            statuses.setdefault(item_id, []).append((code, label))
        return GoingOn(statuses, under_way, as_promised, unbooked, contested)

    @api.model
    def _contested(self, items, found, whole):
        """What is disputed of the items or to be credited: {id: minor units}.

        Not what is merely kept out of reminders because of it. A part of an invoice in
        instalments is taken from those that fall due last.

        :param dict found: {(item id, code): (day, amount of the invoice)}
        :param dict whole: what is open, in minor units
        """
        contested = {}
        for own in items.grouped("move_id").values():
            parts = [
                found[own[:1].id, code][1]
                for code in ("dispute", "credited")
                if (own[:1].id, code) in found
            ]
            if not parts:
                continue
            room = [
                (item.id, whole[item.id])
                for item in own.sorted(
                    lambda item: (item.date_maturity or item.date, item.id),
                    reverse=True,
                )
            ]
            # Without an amount the whole invoice is disputed.
            amount = (
                to_minor(sum(parts), own.currency_id)
                if all(parts)
                else sum(max(0, most) for _key, most in room)
            )
            contested.update(owed.fill(room, amount)[0])
        return contested

    @api.model
    def _share_out(self, items, found, whole):
        """Tell a part of an invoice in instalments with those that it is taken from.

        As ``credit.engine`` takes it: from those that fall due last.

        :param dict found: {(item id, code): (day, amount)}, changed in place
        :param dict whole: what is open, in minor units
        """
        several = [own for own in items.grouped("move_id").values() if len(own) > 1]
        for code in ("dispute", "credited"):
            for instalments in several:
                own = instalments.filtered(
                    lambda item, code=code: found.get((item.id, code), (None, 0))[1]
                )
                left = own and to_minor(found[own[:1].id, code][1], own.currency_id)
                for item in own.sorted(
                    lambda item: (item.date_maturity or item.date, item.id),
                    reverse=True,
                ):
                    part = min(left, max(whole[item.id], 0))
                    day = found.pop((item.id, code))[0]
                    if part:
                        amount = to_major(part, item.currency_id)
                        found[item.id, code] = (day, amount)
                    left -= part

    @api.model
    def _status_codes(self):
        """Codes of statuses in the order in which they are told. Addons add theirs."""
        return STATUSES

    @api.model
    def _status_label(self, account, code, day, amount, currency):
        """What the debtor reads of a status.

        :param date day: the day that was promised, or on which it was paid as told; the
            last one of a plan, or until which we wait for one that was asked for
        :param float amount: what is disputed or being paid, if it is a part; what is to
            be credited, or was not accepted
        """
        _ = account.env._
        if code == "told":
            day_told = day and day_text(account.env, day)
            return (
                _("Paid on %s, you told us", day_told)
                if day
                else _("Paid, you told us")
            )
        if code == "credited":
            money = format_amount(account.env, amount, currency)
            return _("Credit note of %s to follow", money)
        if code == "not_accepted":
            money = format_amount(account.env, amount, currency)
            return _("Not accepted: %s remains due", money)
        if code == "promise":
            return _("Promised for %s", day_text(account.env, day))
        if code == "plan" and day:
            return _("In a payment plan until %s", day_text(account.env, day))
        if code == "plan_asked" and day:
            until = day_text(account.env, day)
            return _("Payment plan asked for: we wait until %s", until)
        if code == "dispute" and amount:
            return _("%s disputed", format_amount(account.env, amount, currency))
        if code == "payment" and amount:
            return _(
                "Payment of %s under way", format_amount(account.env, amount, currency)
            )
        return {
            "payment": _("Payment under way"),
            "plan": _("In a payment plan"),
            "plan_asked": _("Payment plan asked for"),
            "dispute": _("Disputed"),
        }[code]

    @api.model
    def _statuses_sql(self, account, items):
        """Queries of (item id, code, day, amount), one for each kind of status.

        The amount of a payment is in minor units, and empty for the whole item; one of
        what was promised is told as ``promised``.

        :return: list of (what has to be there for it, or None; query), see
            :meth:`_present`
        """
        values = {"items": tuple(items.ids) or (0,), "today": account.today}
        return [
            (
                None,
                SQL(
                    """SELECT tx.item_id,
                              CASE WHEN paying.credit_promise_id IS NULL
                                   THEN 'payment' ELSE 'promised' END,
                              NULL::date, tx.share::numeric
                         FROM (%s) tx
                         JOIN payment_transaction paying
                           ON paying.id = tx.transaction_id""",
                    self._transactions_sql(items, UNDER_WAY),
                ),
            ),
            (
                "promise",
                SQL(
                    """SELECT rel.item_id, 'promise', MIN(promise.date), NULL
                         FROM credit_promise_item_rel rel
                         JOIN credit_promise promise ON promise.id = rel.promise_id
                        WHERE promise.state = 'open' AND rel.item_id IN %(items)s
                        GROUP BY rel.item_id""",
                    **values,
                ),
            ),
            (
                "plan",
                SQL(
                    """SELECT rel.item_id,
                              CASE WHEN BOOL_OR(plan.state = 'active') THEN 'plan'
                                   ELSE 'plan_asked' END,
                              MAX(CASE WHEN plan.state = 'active'
                                       THEN (SELECT MAX(line.date)
                                               FROM credit_plan_line line
                                              WHERE line.plan_id = plan.id)
                                       WHEN plan.hold_until >= %(today)s
                                       THEN plan.hold_until END), NULL
                         FROM credit_plan_item_rel rel
                         JOIN credit_plan plan ON plan.id = rel.plan_id
                        WHERE plan.state IN ('active', 'requested')
                          AND rel.item_id IN %(items)s
                        GROUP BY rel.item_id""",
                    **values,
                ),
            ),
            (
                "dispute",
                SQL(
                    """SELECT aml.id, 'dispute', NULL,
                              -- Without an amount the whole invoice is disputed.
                              CASE WHEN MIN(COALESCE(dispute.amount, 0)) = 0 THEN 0
                                   ELSE SUM(dispute.amount) END
                         FROM credit_dispute dispute
                         JOIN account_move_line aml ON aml.move_id = dispute.move_id
                        WHERE dispute.state = 'open' AND dispute.scope <> 'none'
                          AND aml.id IN %(items)s
                        GROUP BY aml.id""",
                    **values,
                ),
            ),
            (
                "dispute",
                SQL(
                    """SELECT aml.id, 'credited', NULL, SUM(dispute.amount_accepted)
                         FROM credit_dispute dispute
                         JOIN account_move note ON note.id = dispute.credit_note_id
                         JOIN account_move_line aml ON aml.move_id = dispute.move_id
                        WHERE dispute.state IN ('accepted', 'partly')
                          AND note.state = 'draft' AND aml.id IN %(items)s
                        GROUP BY aml.id""",
                    **values,
                ),
            ),
            ("answer", self._told_sql(items)),
        ]

    @api.model
    def _told_sql(self, items):
        """Query of the items that are paid as the debtor says, with the day of it."""
        return SQL(
            """SELECT aml.id, 'told', MAX(answer.paid_date), NULL
                 FROM account_move_line aml
                 JOIN res_partner partner ON partner.id = aml.partner_id
                 JOIN credit_answer answer ON answer.company_id = aml.company_id
                      AND answer.partner_id = partner.commercial_partner_id
                WHERE answer.kind = 'paid' AND answer.state = 'new'
                  AND aml.id IN %s AND aml.amount_residual_currency > 0
                  AND CASE WHEN EXISTS (SELECT FROM credit_answer_item_rel rel
                                         WHERE rel.answer_id = answer.id)
                      THEN EXISTS (SELECT FROM credit_answer_item_rel rel
                                    WHERE rel.answer_id = answer.id
                                      AND rel.item_id = aml.id)
                      -- Without items it is about all that there was.
                      ELSE COALESCE(aml.invoice_date, aml.date) <= answer.date END
                GROUP BY aml.id""",
            tuple(items.ids) or (0,),
        )
