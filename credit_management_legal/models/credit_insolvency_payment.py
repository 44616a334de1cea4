"""What an insolvent debtor pays after the opening."""

import logging

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL, split_every

from odoo.addons.credit_management.report.wording import labelled

from .credit_insolvency_hold import AROSE
from .halving import by_halves

_logger = logging.getLogger(__name__)

#: Insolvencies looked at together by the scheduled action.
BATCH_SIZE = 200


class CreditInsolvency(models.Model):
    _inherit = "credit.insolvency"

    payment_ids = fields.Many2many(
        "account.move.line",
        "credit_insolvency_payment_rel",
        "insolvency_id",
        "item_id",
        string="Payments after the opening",
        readonly=True,
        copy=False,
        help="Received since the opening: a payment on a claim from before may be "
        "annulled. Ask the administrator before it is kept.",
    )
    payment_count = fields.Integer(
        string="Number of payments", compute="_compute_payment_count"
    )

    @api.depends("payment_ids")
    def _compute_payment_count(self):
        for record in self:
            # In sudo: how many there are is told also to those who see no entries.
            record.payment_count = len(record.sudo().payment_ids)

    def _payments_after(self):
        """Receivable items of payments by the debtors since the opening.

        Received by us, or by a third party that handed them on: what counts is the day
        on which the debtor paid. Those that went to claims from after the opening alone
        are left out. One query for any number of insolvencies.

        :return: {insolvency: (all of them, those that are matched with a claim from
            before)}
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT insolvency.id, paid.id, prior.found
                     FROM credit_insolvency insolvency
                     JOIN res_partner partner
                       ON partner.commercial_partner_id = insolvency.partner_id
                     JOIN account_move_line paid ON paid.partner_id = partner.id
                     JOIN account_move entry ON entry.id = paid.move_id
                     JOIN account_account account ON account.id = paid.account_id
                    CROSS JOIN LATERAL (
                        SELECT EXISTS (
                            SELECT FROM account_partial_reconcile part
                              JOIN account_move_line aml ON aml.id = part.debit_move_id
                              JOIN account_move move ON move.id = aml.move_id
                             WHERE part.credit_move_id = paid.id
                               AND %(arose)s <= insolvency.date_opened
                        ) AS found) prior
                    WHERE insolvency.id = ANY(%(ids)s)
                      AND COALESCE(insolvency.company_id, paid.company_id)
                          = paid.company_id
                      AND account.account_type = 'asset_receivable'
                      AND paid.parent_state = 'posted' AND paid.amount_currency < 0
                      AND entry.move_type <> 'out_refund'
                      AND paid.date >= insolvency.date_opened
                      AND (paid.payment_id IS NOT NULL
                           OR entry.statement_line_id IS NOT NULL
                           OR entry.credit_remittance_id IS NOT NULL)
                      AND (paid.reconciled IS NOT TRUE OR prior.found)
                    ORDER BY paid.date, paid.id""",
                arose=AROSE,
                ids=self.ids,
            )
        )
        found = {record.id: ([], []) for record in self}
        for id_, item_id, is_prior in rows:
            every, prior = found[id_]
            every.append(item_id)
            if is_prior:
                prior.append(item_id)
        items = self.env["account.move.line"]
        return {record: tuple(map(items.browse, found[record.id])) for record in self}

    def _note_payments(self, matched=False):
        """Flag payments that came in since the opening, and tell whoever sees to it.

        One that turned out to be for later claims, or was taken back, is flagged no
        more. In sudo: a payment says so, whoever enters it.

        :param bool matched: leave new ones that are not matched yet for the night: they
            may be on their way to a later claim
        """
        running = self.sudo().filtered(lambda record: record.state == "open")
        for record, (found, prior) in running._payments_after().items():
            new = (prior if matched else found) - record.payment_ids
            flagged = (record.payment_ids & found) | new
            if flagged != record.payment_ids:
                record.payment_ids = [Command.set(flagged.ids)]
            if new:
                record._in_house()._tell_payments(new)

    def _tell_payments(self, items):
        """Write down what came in after the opening, for whoever sees to it."""
        self.ensure_one()
        names = ", ".join(
            labelled(
                self.env,
                item.move_name,
                item.currency_id.format(-item.amount_currency),
            )
            for item in items
        )
        text = self.env._(
            "Received after the opening: %s. A payment on a claim from before "
            "may be annulled: ask the administrator.",
            names,
        )
        self.message_post(body=text, partner_ids=self.user_id.partner_id.ids)
        self._ask_administrator(text)

    def _ask_administrator(self, text):
        """One activity for payments that may have to be given back, while it waits."""
        self.ensure_one()
        kind = "credit_management_legal.activity_insolvency_payment"
        waiting = self.activity_search([kind])
        if waiting:
            waiting.note = text
            return
        company = self.company_id or self.env.company
        self.activity_schedule(
            kind,
            date_deadline=company._credit_today(),
            summary=self.env._("Payments after the opening: ask the administrator"),
            note=text,
            user_id=(self.user_id or self.env.user).id,
        )

    @api.model
    def _cron_payments(self):
        """Every day: what nobody has matched yet is flagged too.

        An insolvency that fails is logged, and keeps no other waiting.
        """
        records = self.search(Domain("state", "=", "open"), order="id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(records))
        for ids in split_every(BATCH_SIZE, records.ids):
            by_halves(
                self.env,
                self.browse(ids),
                lambda some: some._note_payments(),
                lambda one, error: one._payments_failed(error),
            )
            if not cron._commit_progress(len(ids)):
                break

    def _payments_failed(self, error):
        _logger.error(
            "Payments of insolvency %s could not be looked at", self.id, exc_info=error
        )

    def action_look_for_payments(self):
        """Look again what came in since the opening."""
        self.check_access("write")
        self._note_payments()
        return True

    def action_view_payments(self):
        """Open the payments that came in since the opening."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payments after the opening"),
            "res_model": "account.move.line",
            "view_mode": "list",
            "views": [(False, "list")],
            "domain": [("id", "in", self.payment_ids.ids)],
        }


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _credit_react(self):
        # EXTENDS credit_management: what an insolvent debtor pays is flagged
        super()._credit_react()
        if not self.ids:
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT insolvency.id
                     FROM credit_insolvency insolvency
                     JOIN res_partner partner
                       ON partner.commercial_partner_id = insolvency.partner_id
                     JOIN account_move_line aml ON aml.partner_id = partner.id
                    WHERE insolvency.state = 'open' AND aml.id = ANY(%s::int[])
                      AND COALESCE(insolvency.company_id, aml.company_id)
                          = aml.company_id""",
                list(self.ids),
            )
        )
        if rows:
            insolvencies = self.env["credit.insolvency"].sudo()
            insolvencies.browse(row[0] for row in rows)._note_payments(matched=True)
