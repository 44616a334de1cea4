"""What is past its limitation is not reminded by itself: a manager decides on it.

The debtor may refuse to pay it, and in many countries whoever asks for it all the same
has to say so. What a manager lets pass is reminded as any other claim, until its
limitation is a later one.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, format_date


class CreditLimitationItem(models.Model):
    _inherit = "credit.limitation.item"

    allowed_by_id = fields.Many2one(
        "res.users",
        string="Reminded all the same by",
        readonly=True,
        help="Whoever decided that it is reminded although its limitation is past.",
    )
    is_past = fields.Boolean(compute="_compute_is_past")

    @api.depends("date", "company_id")
    def _compute_is_past(self):
        for item in self:
            item.is_past = item.date < item.company_id._credit_today()

    def action_remind_anyway(self):
        """Let these items be reminded although their limitation is past.

        :raise AccessError: if whoever asks is no manager
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "credit_management.group_manager"
        ):
            raise AccessError(
                self.env._("Managers of credit decide on what is past its limitation.")
            )
        # In sudo: nobody edits these records, see their class.
        past = self.sudo().filtered("is_past")
        past.allowed_by_id = self.env.uid
        past.move_id._message_log_batch(
            bodies={
                move.id: self.env._("To be reminded although its limitation is past.")
                for move in past.move_id
            }
        )
        return True


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _selection_block_reason(self):
        # EXTENDS credit_management
        reasons = super()._selection_block_reason()
        after = [code for code, _label in reasons].index("no_policy")
        reasons.insert(after, ("limitation", self.env._("Past its limitation")))
        return reasons

    @api.model
    def _block_conditions(self, company, today, debtors=None):
        # EXTENDS credit_management: as the nightly job has found, see the items
        return [
            *super()._block_conditions(company, today, debtors),
            (
                "limitation",
                SQL(
                    """aml.id IN (
                        SELECT past.move_line_id
                          FROM credit_limitation_item past
                         WHERE past.company_id = %s AND past.date < %s
                           AND past.allowed_by_id IS NULL)""",
                    company.id,
                    today,
                ),
            ),
        ]

    @api.model
    def _block_notes(self, company, lines, reasons):
        # EXTENDS credit_management: since when, and who may set it aside
        notes = super()._block_notes(company, lines, reasons)
        past = lines.filtered(lambda line: reasons.get(line.id) == "limitation")
        if not past:
            return notes
        found = self.env["credit.limitation.item"].search_fetch(
            Domain("move_line_id", "in", past.ids), ["move_line_id", "date"]
        )
        for item in found:
            notes[item.move_line_id.id] = self.env._(
                "Past limitation since %s: a manager may have it reminded all the "
                "same.",
                format_date(self.env, item.date),
            )
        return notes
