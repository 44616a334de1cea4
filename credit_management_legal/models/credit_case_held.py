"""What third parties hold of debtors' money: it frees the debtor, and counts once.

It belongs to the case in which it was paid. Once that is over it pays the cases that
have its items now, and what they don't need stands in the debtor's favour as other
credits do.
"""

from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.credit_management.models.credit_regime_resolution import to_minor

from .credit_case_event_confirm import THEIRS
from .credit_limitation_rule import OF_EVENTS


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    credit_case_line_ids = fields.One2many(
        "credit.case.line",
        "move_line_id",
        string="In cases",
        groups="credit_management.group_viewer",
    )


class CreditCase(models.Model):
    _inherit = "credit.case"

    def _held(self):
        """What third parties have of the debtor's that counts in this case.

        Its own payments, and those of cases that are over and had its items before.
        What nobody of us has looked at is none: anything may be reported.

        :return: {payment: minor units}, in sudo
        """
        self.ensure_one()
        case = self.sudo()
        held = dict(case._held_by_case().get(case, {}))
        for other in case._items().credit_case_line_ids.case_id - case:
            held.update(other._held_by_case().get(case, {}))
        return held

    def _holding(self):
        """Those in which anything counts that third parties hold.

        The number of queries does not depend on the number of cases.
        """
        cases = self.sudo()
        lines = cases.line_ids.move_line_id.credit_case_line_ids
        # Read for all of them at once.
        (lines.case_id | cases).payment_ids.mapped("is_unconfirmed")
        lines.mapped("is_open")
        return self.filtered(lambda case: case._held())

    def _held_by_case(self):
        """In which case what third parties hold of this one counts.

        All of it here while anything is in their hands; else in the cases that have its
        items now, the oldest case first, as far as these are open. The rest stays here.

        :return: {case: {payment: minor units}}
        """
        self.ensure_one()
        payments = self.payment_ids.filtered(lambda payment: payment._is_held())
        left = {
            payment: payment._minor()
            for payment in payments.sorted(lambda p: (p.date, p.id))
        }
        if not left or any(self.line_ids.mapped("is_open")):
            return {self: left}
        open_ = Counter()
        for item in self.line_ids.move_line_id:
            bearer = item.credit_case_line_ids.filtered("is_open").case_id
            residual = to_minor(item.amount_residual_currency, self.currency_id)
            if bearer and residual > 0:
                open_[bearer] += residual
        shares = {}
        for bearer in sorted(open_, key=lambda case: case.id):
            for payment in left:
                share = min(open_[bearer], left[payment])
                if share:
                    shares.setdefault(bearer, {})[payment] = share
                    open_[bearer] -= share
                    left[payment] -= share
        shares[self] = {payment: amount for payment, amount in left.items() if amount}
        return shares

    def _bearing(self):
        """These cases, and those in which what third parties hold of them counts."""
        return self.union(*(other for case in self for other in case._held_by_case()))

    def _check_nothing_held(self):
        """Refuse to take items back while a third party has money paid on them.

        :raise UserError: with what to do instead
        """
        for case in self.sudo():
            payments = case.payment_ids.filtered(
                lambda payment: (
                    payment.state == "reported" and payment.received_by == "party"
                )
            )
            if payments:
                raise UserError(
                    self.env._(
                        "%(party)s reported %(amount)s in %(case)s, and has not handed "
                        "it on. Let it hand that on, or refuse what is not true; else "
                        "close the case: what you accepted is then taken off what is "
                        "asked.",
                        party=case.party_id.display_name or self.env._("A third party"),
                        amount=case.currency_id.format(sum(payments.mapped("amount"))),
                        case=case.name,
                    )
                )


class CreditCasePayment(models.Model):
    _inherit = "credit.case.payment"

    def _is_held(self):
        """Whether the third party has it, and somebody of us has accepted that."""
        self.ensure_one()
        return (
            self.state == "reported"
            and self.received_by == "party"
            and not self.is_unconfirmed
        )


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _credits_sql(self, company, debtors=None, day=None):
        # EXTENDS credit_management: what third parties hold of cases that are over
        return SQL(
            """SELECT debtor_id, currency_id, SUM(amount) AS amount
                 FROM (
                    SELECT debtor_id, currency_id, amount FROM (%s) unmatched
                     UNION ALL
                    SELECT debtor_id, currency_id, amount FROM (%s) held
                 ) favour
                GROUP BY debtor_id, currency_id""",
            super()._credits_sql(company, debtors, day),
            self._held_sql(company, debtors, day),
        )

    @api.model
    def _held_sql(self, company, debtors=None, day=None):
        """What counts in no case of what third parties hold, as ``_held_by_case`` says.

        A query for (debtor_id, currency_id, amount), a row for each case that is over.
        """
        return SQL(
            """SELECT debtor_id, currency_id, held.amount - needed.amount AS amount
                 FROM (
                    SELECT ended.id, ended.partner_id AS debtor_id, ended.currency_id,
                           SUM(payment.amount) AS amount
                      FROM credit_case_payment payment
                      JOIN credit_case ended ON ended.id = payment.case_id
                      LEFT JOIN credit_case_event event ON event.id = payment.event_id
                     WHERE payment.company_id = %(company)s
                       AND payment.state = 'reported'
                       AND payment.received_by = 'party'
                       AND %(of_debtors)s AND %(until)s
                       AND (event.active AND event.origin IN %(theirs)s
                            AND event.confirmed_by_id IS NULL
                            AND (event.kind IN %(kinds)s
                                 OR event.procedure_stage_id IS NOT NULL)) IS NOT TRUE
                       AND NOT EXISTS (
                            SELECT FROM credit_case_line own
                             WHERE own.case_id = ended.id AND own.is_open)
                     GROUP BY ended.id
                 ) held
                CROSS JOIN LATERAL (
                    SELECT COALESCE(SUM(aml.amount_residual_currency), 0) AS amount
                      FROM credit_case_line had
                      JOIN account_move_line aml ON aml.id = had.move_line_id
                     WHERE had.case_id = held.id AND aml.amount_residual_currency > 0
                       AND EXISTS (
                            SELECT FROM credit_case_line taken
                             WHERE taken.move_line_id = had.move_line_id
                               AND taken.is_open)
                 ) needed
                WHERE held.amount > needed.amount""",
            company=company.id,
            of_debtors=self._of_debtors(SQL.identifier("ended", "partner_id"), debtors),
            until=SQL("payment.date <= %s", day) if day else SQL("TRUE"),
            theirs=THEIRS,
            kinds=tuple(OF_EVENTS),
        )

    @api.model
    def _has_loose_money(self, company, debtor_ids):
        # EXTENDS credit_management
        if super()._has_loose_money(company, debtor_ids):
            return True
        [[found]] = self.env.execute_query(
            SQL("SELECT EXISTS (%s)", self._held_sql(company, debtor_ids))
        )
        return found
