"""What third parties hold longer than their mandate lets them."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date


class CreditCasePayment(models.Model):
    _inherit = "credit.case.payment"

    overdue_told_on = fields.Date(
        string="Late, told on",
        readonly=True,
        copy=False,
        help="When somebody was told that it was not handed on in time.",
    )

    @api.model
    def _cron_remittance_due(self):
        """Every day: tell of money that was not handed on in time."""
        companies = self.env["res.company"].search(Domain.TRUE)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            self._tell_overdue(company)
            if not cron._commit_progress(1):
                break

    @api.model
    def _tell_overdue(self, company):
        """An activity for each payment that is held too long, once.

        What is on a statement already is being handed on. The number of queries does
        not depend on that of the payments.

        :return: the activities
        """
        self.env.flush_all()
        today = company._credit_today()
        rows = self.env.execute_query(
            SQL(
                """UPDATE credit_case_payment payment SET overdue_told_on = %(today)s
                     FROM credit_case owner, credit_mandate mandate
                    WHERE owner.id = payment.case_id
                      AND mandate.id = owner.mandate_id
                      AND payment.company_id = %(company)s
                      AND payment.state = 'reported'
                      AND payment.received_by = 'party'
                      AND payment.overdue_told_on IS NULL
                      AND mandate.remittance_days > 0
                      AND payment.date + mandate.remittance_days < %(today)s
                      AND NOT EXISTS (
                          SELECT FROM credit_remittance_line line
                           WHERE line.payment_id = payment.id
                             AND line.state <> 'cancelled')
                   RETURNING payment.id""",
                today=today,
                company=company.id,
            )
        )
        payments = self.sudo().browse(sorted(row[0] for row in rows))
        payments.invalidate_recordset(["overdue_told_on"])
        if not payments:
            return self.env["mail.activity"]
        kind = self.env.ref("credit_management_legal.activity_remittance")
        model_id = self.env["ir.model"]._get_id("credit.case")
        return (
            self.env["mail.activity"]
            .sudo()
            .with_context(mail_activity_quick_update=True)
            .create(
                [
                    {
                        "res_model_id": model_id,
                        "res_id": payment.case_id.id,
                        "activity_type_id": kind.id,
                        "automated": True,
                        "date_deadline": today,
                        "credit_payment_id": payment.id,
                        **payment._overdue_words(payment.case_id._deadline_user()),
                    }
                    for payment in payments
                ]
            )
        )

    def _overdue_words(self, user):
        """Who is told, and what, in that person's language."""
        own = self.with_context(lang=user.lang)
        days = own.case_id.mandate_id.remittance_days
        return {
            "user_id": user.id,
            "summary": own.env._(
                "%(party)s has not handed on %(amount)s",
                party=own.party_id.display_name,
                amount=own.currency_id.format(own.amount),
            ),
            "note": own.env._(
                "Received on %(day)s; by its mandate it is passed on within %(days)s "
                "days.",
                day=format_date(own.env, own.date),
                days=days,
            ),
        }

    def write(self, vals):
        # EXTENDS credit_management_legal: what is decided on waits for nobody
        result = super().write(vals)
        if vals.get("state", "reported") != "reported":
            self.env["mail.activity"].sudo().search(
                [("credit_payment_id", "in", self.ids)]
            ).unlink()
        return result


class MailActivity(models.Model):
    _inherit = "mail.activity"

    credit_payment_id = fields.Many2one(
        "credit.case.payment",
        string="Payment of a case",
        index="btree_not_null",
        ondelete="set null",
        groups="credit_management.group_viewer",
    )
