"""What an insolvent debtor pays after the opening."""

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL

from .credit_insolvency_hold import AROSE


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
        """Receivable items of payments by the debtor since the opening.

        Received by us, or by a third party that handed them on: what counts is the day
        on which the debtor paid. Those that went to claims from after the opening alone
        are left out.

        :return: (all of them, those that are matched with a claim from before)
        """
        self.ensure_one()
        self.env.flush_all()
        company = (
            SQL("paid.company_id = %s", self.company_id.id)
            if self.company_id
            else SQL("TRUE")
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT paid.id, prior.found
                     FROM account_move_line paid
                     JOIN account_move entry ON entry.id = paid.move_id
                     JOIN account_account account ON account.id = paid.account_id
                     JOIN res_partner partner ON partner.id = paid.partner_id
                    CROSS JOIN LATERAL (
                        SELECT EXISTS (
                            SELECT FROM account_partial_reconcile part
                              JOIN account_move_line aml ON aml.id = part.debit_move_id
                              JOIN account_move move ON move.id = aml.move_id
                             WHERE part.credit_move_id = paid.id
                               AND %(arose)s <= %(opened)s) AS found) prior
                    WHERE partner.commercial_partner_id = %(partner)s
                      AND account.account_type = 'asset_receivable'
                      AND paid.parent_state = 'posted' AND paid.amount_currency < 0
                      AND entry.move_type <> 'out_refund' AND paid.date >= %(opened)s
                      AND (paid.payment_id IS NOT NULL
                           OR entry.statement_line_id IS NOT NULL
                           OR entry.credit_remittance_id IS NOT NULL)
                      AND (paid.reconciled IS NOT TRUE OR prior.found)
                      AND %(company)s
                    ORDER BY paid.date, paid.id""",
                partner=self.partner_id.id,
                opened=self.date_opened,
                arose=AROSE,
                company=company,
            )
        )
        items = self.env["account.move.line"]
        return (
            items.browse(row[0] for row in rows),
            items.browse(row[0] for row in rows if row[1]),
        )

    def _note_payments(self, matched=False):
        """Flag payments that came in since the opening, and tell whoever sees to it.

        One that turned out to be for later claims, or was taken back, is flagged no
        more.

        :param bool matched: leave new ones that are not matched yet for the night: they
            may be on their way to a later claim
        """
        for record in self.sudo().filtered(lambda r: r.state == "open"):
            record = record._in_house()
            found, prior = record._payments_after()
            new = (prior if matched else found) - record.payment_ids
            flagged = (record.payment_ids & found) | new
            if flagged != record.payment_ids:
                record.payment_ids = [Command.set(flagged.ids)]
            if not new:
                continue
            names = ", ".join(
                f"{item.move_name}: {item.currency_id.format(-item.amount_currency)}"
                for item in new
            )
            text = record.env._(
                "Received after the opening: %s. A payment on a claim from before "
                "may be annulled: ask the administrator.",
                names,
            )
            record.message_post(body=text, partner_ids=record.user_id.partner_id.ids)
            record._ask_administrator(text)

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
        """Every day: what nobody has matched yet is flagged too."""
        self.search(Domain("state", "=", "open"))._note_payments()

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
