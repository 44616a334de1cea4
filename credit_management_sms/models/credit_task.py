"""Messages of numbers that nobody knows, in the worklist."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.credit_management.models.credit_task import ACTS, NUMBER

NUMBER["unknown_number"] = 41
ACTS["unknown_number"] = {"done": "action_handle"}


class CreditTask(models.Model):
    _inherit = "credit.task"

    kind = fields.Selection(
        selection_add=[("unknown_number", "Message of an unknown number")]
    )

    @api.model
    def _task_parts(self, companies, engine):
        # EXTENDS credit_management: one for each number and day
        part = self._part(
            "unknown_number",
            "credit.sms.reply",
            "reply",
            SQL(
                """(SELECT DISTINCT ON (company_id, number, date::date) *
                      FROM credit_sms_reply
                     WHERE partner_id IS NULL AND handled IS NOT TRUE
                       AND (kind <> 'stop' OR problem IS NOT NULL)
                       AND company_id = ANY(%s)
                     ORDER BY company_id, number, date::date, id) reply
                     JOIN firm ON firm.id = reply.company_id""",
                companies.ids,
            ),
            user=SQL("NULL::int"),
            currency=SQL("firm.currency_id"),
            date=SQL("reply.date::date"),
            days=SQL("0"),
            amount=SQL("0"),
        )
        return [*super()._task_parts(companies, engine), part]

    def _summary_of(self, record):
        # EXTENDS credit_management
        if self.res_model == "credit.sms.reply":
            return "\n".join(filter(None, (record.text, record.problem)))
        return super()._summary_of(record)

    def action_open(self):
        # EXTENDS credit_management: all that the number wrote
        self.ensure_one()
        if self.res_model == "credit.sms.reply":
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "credit_management_sms.credit_sms_reply_action"
            )
            domain = [
                ("number", "=", self._record().number),
                ("company_id", "=", self.company_id.id),
            ]
            return dict(action, domain=domain, context={})
        return super().action_open()
