"""Proposed cases: what they stop, what lets it go on, and what ends them by itself."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CreditCase(models.Model):
    _inherit = "credit.case"

    @api.ondelete(at_uninstall=False)
    def _unlink_resumes_reminders(self):
        self.line_ids._log_proposed(
            self.env._("The proposal %(case)s is deleted: reminders go on.")
        )

    def _drop_paid_proposals(self):
        """Delete the proposals of which nothing is open any more.

        The invoices say so. What somebody has noted in a case is not deleted by
        itself: whoever noted it ends that case. In sudo: whoever enters the payment.
        """
        drafts = self.sudo().filtered(lambda case: case.state == "draft")
        if not drafts:
            return
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT line.case_id
                     FROM credit_case_line line
                     LEFT JOIN account_move_line aml ON aml.id = line.move_line_id
                     LEFT JOIN account_move move ON move.id = aml.move_id
                    WHERE line.case_id = ANY(%s)
                    GROUP BY line.case_id
                   HAVING BOOL_AND(COALESCE(%s, FALSE))""",
                drafts.ids,
                self._paid_sql(),
            )
        )
        over = drafts.browse(row[0] for row in rows).filtered(
            lambda case: not (case.event_ids or case.cost_ids or case.payment_ids)
        )
        over._log_items(
            self.env._("Nothing is open any more: the proposal %(case)s is deleted.")
        )
        over.unlink()


class CreditCaseLine(models.Model):
    _inherit = "credit.case.line"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        lines = super().create(vals_list)
        lines._log_added()
        return lines

    def write(self, vals):
        # EXTENDS base: another invoice in a line is another proposal
        if "move_line_id" not in vals:
            return super().write(vals)
        changed = self.filtered(
            lambda line: line.move_line_id.id != vals["move_line_id"]
        )
        changed._log_taken_out()
        result = super().write(vals)
        changed._log_added()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_resumes_reminders(self):
        self._log_taken_out()

    def _log_added(self):
        self._log_proposed(
            self.env._("Proposed in %(case)s: no reminders until it is decided.")
        )

    def _log_taken_out(self):
        self._log_proposed(
            self.env._("Taken out of the proposal %(case)s: reminders go on.")
        )

    @api.model
    def _held(self, items):
        """The lines of open cases and of proposals that have some of these items."""
        return self.sudo().search(
            Domain("move_line_id", "in", items.ids)
            & (Domain("is_open", "=", True) | Domain("case_id.state", "=", "draft"))
        )

    def _log_proposed(self, body):
        """Note on the invoices of proposals what stops or resumes their reminders.

        Only of items that are still open, and that no other case or proposal holds.

        :param str body: with ``%(case)s`` for the name of the case
        """
        lines = self.sudo().filtered(
            lambda line: line.case_id.state == "draft" and line.move_line_id
        )
        if not lines:
            return
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT line.case_id, ARRAY_AGG(DISTINCT move.id)
                     FROM credit_case_line line
                     JOIN account_move_line aml ON aml.id = line.move_line_id
                     JOIN account_move move ON move.id = aml.move_id
                    WHERE line.id = ANY(%(ids)s) AND NOT COALESCE(%(paid)s, FALSE)
                      AND NOT EXISTS (
                            SELECT FROM credit_case_line other
                              JOIN credit_case holder ON holder.id = other.case_id
                             WHERE other.move_line_id = line.move_line_id
                               AND other.id <> ALL(%(ids)s)
                               AND (other.is_open OR holder.state = 'draft'))
                    GROUP BY line.case_id""",
                ids=lines.ids,
                paid=self.env["credit.case"]._paid_sql(),
            )
        )
        moves, bodies = self.env["account.move"].sudo(), {}
        for case_id, move_ids in rows:
            case = lines.case_id.browse(case_id)
            bodies |= dict.fromkeys(move_ids, body % {"case": case.name})
        if bodies:
            moves.browse(bodies)._message_log_batch(bodies=bodies)
