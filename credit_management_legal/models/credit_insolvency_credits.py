"""What is taken off a claim that is declared: credits of the debtor, and what a third
party holds.

Debts that were mutual at the opening are set off (France: L622-7 C. com. and 1347 C.
civ.; Germany: 94 InsO), and who paid the third party before its day has paid. Each is a
line of its own, so that the declaration says both, and the net. No more is taken off
than is claimed in a currency: what is owed to a debtor is no claim to declare.
"""

from collections import Counter, defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.credit_management.engine import regime as rules
from odoo.addons.credit_management.models.credit_agreement import to_major

from ..engine import allocation


class CreditInsolvencyLine(models.Model):
    _inherit = "credit.insolvency.line"

    payment_id = fields.Many2one(
        "credit.case.payment", index="btree_not_null", ondelete="set null"
    )

    def _taken_off(self):
        """Why a line is taken off: ``held``, ``set_off``, or empty for a claim."""
        if self.principal >= 0:
            return ""
        return "set_off" if self.move_line_id else "held"

    @api.depends("principal", "payment_id")
    def _compute_standing(self):
        # EXTENDS credit_management_legal: what is taken off says why
        result = super()._compute_standing()
        for line in self.filtered(lambda line: line.principal < 0):
            line.standing = (
                self.env._("Received by the third party")
                if line._taken_off() == "held"
                else self.env._("Credit, to be set off")
            )
        return result


class CreditInsolvency(models.Model):
    _inherit = "credit.insolvency"

    nothing_declared = fields.Boolean(
        string="Nothing to declare",
        readonly=True,
        copy=False,
        tracking=True,
        help="Credits and what third parties hold come to as much as the claims: "
        "nobody is asked to declare any.",
    )
    nothing_left = fields.Boolean(
        compute="_compute_nothing_left",
        help="The claims were worked out, and come to nothing.",
    )

    @api.depends("line_ids.total", "date_frozen", "date_opened", "currency_id")
    def _compute_nothing_left(self):
        for record in self:
            currency = record.currency_id
            record.nothing_left = (
                bool(record.date_frozen)
                and currency.compare_amounts(record._total_in(currency), 0) <= 0
            )

    def action_nothing_declared(self):
        """Nothing is left to declare: the alarm and the task end.

        :raise UserError: where something is
        """
        self.check_access("write")
        for record in self:
            if not record.nothing_left:
                raise UserError(
                    self.env._("Something is left to declare: work out the claims.")
                )
        self.write({"nothing_declared": True})
        return True

    def _work_out(self):
        # EXTENDS credit_management_legal: what was said of other amounts is over
        self.filtered("nothing_declared").nothing_declared = False
        return super()._work_out()

    def _line_values(self, company):
        # EXTENDS credit_management_legal: where something is declared, less this
        vals_list, left_out, missing = super()._line_values(company)
        off = self._set_off_lines(company) + self._held_lines(company)
        taken, told = self._within_claims(vals_list, off)
        return vals_list + taken, left_out + told, missing

    def _within_claims(self, vals_list, off):
        """What is taken off, up to what is claimed in its currency.

        :param vals_list: values of lines of claims
        :param off: values of lines that are taken off
        :return: (values of lines, sentences that tell the rest)
        """
        left = Counter()
        for vals in vals_list:
            for name in ("principal", "interest", "charges", "costs"):
                left[vals["currency_id"]] += vals.get(name, 0)
        taken, told = [], []
        for vals in off:
            currency = self.env["res.currency"].browse(vals["currency_id"])
            amount = -vals["principal"]
            used = currency.round(min(amount, left[currency.id]))
            left[currency.id] -= used
            if not currency.is_zero(used):
                taken.append({**vals, "principal": -used})
            if currency.compare_amounts(amount, used) > 0:
                told.append(
                    self.env._(
                        "%(name)s: %(amount)s more than is claimed in %(currency)s",
                        name=vals["name"],
                        amount=currency.format(amount - used),
                        currency=currency.name,
                    )
                )
        return taken, told

    def _interest_context(self, company, items, open_at):
        """Context with which interest runs on what was open once this is taken off.

        Payments from the day of the opening on are none. What a third party got counts
        from the day on which it was paid, as in the claim of a case. Credits, and what
        it got beyond its case, pay the oldest of what that leaves open, as if they had
        been matched.

        :param items: claims
        :param dict open_at: {item id: minor units open at the opening}
        """
        cases = self._held_payments(company).case_id._bearing()
        paid, paying = self._held_shares(cases)
        credits_at = self._open_at(company, "credit")
        for item in self._credit_items(credits_at):
            is_note = item.move_id.move_type == "out_refund"
            order = item.payment_id.credit_allocation or None
            paying[item.currency_id].append(
                (("item", item.id), item.date, -credits_at[item.id], is_note, order)
            )
        bearing = items.filtered(lambda item: not item.move_id.credit_is_charge)
        shares = defaultdict(list)
        for currency, own in paying.items():
            owed = [
                allocation.Owed(
                    ("item", item.id),
                    allocation.PRINCIPAL,
                    open_at[item.id],
                    item.date_maturity or item.date,
                )
                for item in bearing
                if item.currency_id == currency
            ]
            made = allocation.allocate_all(
                [(key, day, amount) for key, day, amount, *_how in own],
                allocation.less(owed, paid),
                (allocation.PRINCIPAL,),
            )
            for key, day, _amount, is_note, order in own:
                for share in made[key].shares:
                    shares[share.owed.key[1]].append(
                        (day, share.amount, is_note, order)
                    )
        return {
            "credit_case_reported": cases.ids,
            "credit_opened": self.date_opened,
            "credit_set_off": dict(shares),
        }

    def _held_shares(self, cases):
        """What third parties got before the day of the opening, in minor units.

        :return: ({what is owed: what was paid of it}, {currency: payments beyond that,
            as :meth:`_interest_context` allots them})
        """
        paid, beyond = Counter(), defaultdict(list)
        for case in cases:
            day_before = self.date_opened - timedelta(days=1)
            for payment, made in case._reported(day_before).items():
                for share in made.shares:
                    paid[share.owed.key] += share.amount
                beyond[case.currency_id].append(
                    (
                        ("held", payment.id, case.id),
                        payment.date,
                        made.rest,
                        False,
                        None,
                    )
                )
        return paid, beyond

    def _credit_items(self, credits_at):
        # In sudo, as the claims: sums of this debtor and company.
        return self.env["account.move.line"].sudo().browse(credits_at)

    def _set_off_lines(self, company):
        """Values of lines for credits that were open at the opening."""
        credits_at = self._open_at(company, "credit")
        return [
            {
                "company_id": company.id,
                "currency_id": item.currency_id.id,
                "move_line_id": item.id,
                "name": item.move_name,
                "date_invoice": item.date,
                "date_due": item.date,
                "principal": to_major(credits_at[item.id], item.currency_id),
            }
            for item in self._credit_items(credits_at)
        ]

    def _held_payments(self, company):
        """What third parties got before the day of the opening, and still have.

        What nobody of us has accepted yet is not taken off.
        """
        payments = self.env["credit.case.payment"].sudo()
        payments = payments.search(
            Domain("case_id.partner_id", "=", self.partner_id.id)
            & Domain("case_id.company_id", "=", company.id)
            & Domain("state", "=", "reported")
            & Domain("received_by", "=", "party")
            & Domain("date", "<", self.date_opened),
            order="date, id",
        )
        return payments.filtered(lambda payment: not payment.is_unconfirmed)

    def _held_lines(self, company):
        """Values of lines for what third parties hold."""
        return [
            {
                "company_id": company.id,
                "currency_id": payment.currency_id.id,
                "payment_id": payment.id,
                "move_line_id": False,
                "name": payment.case_id.name,
                "date_invoice": payment.date,
                "date_due": payment.date,
                "principal": -payment.amount,
            }
            for payment in self._held_payments(company)
        ]


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _charge_events(self, company, facts):
        # EXTENDS credit_management: credits that are set off where a claim is
        # declared, and no payment from the day of the opening on
        events = super()._charge_events(company, facts)
        opened = self.env.context.get("credit_opened")
        if opened:
            for item_id, found in events.items():
                events[item_id] = [
                    event
                    for event in found
                    if event.kind != "payment" or event.day < opened
                ]
        shares = self.env.context.get("credit_set_off", {})
        for row in facts:
            for day, amount, is_note, order in shares.get(row["id"], ()):
                if is_note and company.credit_note_retroactive:
                    day = row["due"]
                kind = "credit" if is_note else "payment"
                events[row["id"]].append(rules.Event(day, amount, kind, order))
        return events
