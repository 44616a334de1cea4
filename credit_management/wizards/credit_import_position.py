from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CreditImport(models.Model):
    """Take over what is disputed, and how far reminders had come."""

    _inherit = "credit.import"

    def _dispute_rows(self, rows, items):
        """Open a dispute for what is contested and still open."""
        moves = rows.filtered(
            lambda row: items[row.id].disputed and items[row.id].amount > 0
        ).move_id.filtered("amount_residual")
        if not moves:
            return
        reason = self.env["credit.dispute.reason"].search([], limit=1)
        if not reason:
            # In sudo: whoever may import need not be allowed to set up reasons.
            reason = reason.sudo().create({"name": self.env._("Contested")})
        self.env["credit.dispute"].create(
            [
                {
                    "move_id": move.id,
                    "reason_id": reason.id,
                    "date": self.date,
                    "description": self.env._("Disputed when it was imported."),
                }
                for move in moves
            ]
        )

    def _position_rows(self, rows, items):
        """Take over how far the reminders of open items had come, and since when."""
        wanted, days = {}, {}
        for row in rows:
            item = items[row.id]
            if not self._takes_step(item):
                continue
            for line in row.move_id.line_ids:
                if line.display_type == "payment_term" and not line.reconciled:
                    wanted[line] = item.step
                    days[line] = item.reminded_on
        if not wanted:
            return
        lines = self.env["account.move.line"].union(*wanted)
        policies = self._policies_of(lines)
        items_by_step = {}
        told = lines.grouped(lambda line: (policies.get(line.id), wanted[line]))
        for (policy, text), claims in told.items():
            step = self._find_step(policy, text)
            items_by_step[step] = items_by_step.get(step, claims.browse()) | claims
        self.env["credit.reminder"]._import_position(
            items_by_step, date=self.date, days=days
        )

    def _takes_step(self, item):
        """Whether the step of an item is taken over, as long as something is open."""
        # What was sent later tells nothing of how far it had come on that day.
        later = item.reminded_on and item.reminded_on > self.date
        return bool(item.step and item.amount > 0 and not later)

    def _policies_of(self, lines):
        """{line id: policy} of open items."""
        engine = self.env["credit.engine"].sudo()
        evaluation = engine._evaluation_sql(
            self.company_id,
            self.company_id._credit_today(),
            lines.partner_id.commercial_partner_id.ids,
        )
        rows = self.env.execute_query(
            SQL(
                "WITH %s SELECT id, policy_id FROM evaluated WHERE id IN %s",
                evaluation,
                tuple(lines.ids),
            )
        )
        policy_model = self.env["credit.policy"].sudo()
        return {line: policy_model.browse(policy) for line, policy in rows if policy}

    def _step_of(self, policy, text):
        """A step of a policy by its number or its name in any language; or empty."""
        step_model = self.env["credit.policy.step"].sudo()
        steps = policy._sequence_steps() if policy else step_model
        if text.isdigit() and 0 < int(text) <= len(steps):
            return steps[int(text) - 1]
        for code, __ in self.env["res.lang"].get_installed():
            for step in steps:
                if step.with_context(lang=code).name.casefold() == text.casefold():
                    return step
        return step_model

    def _find_step(self, policy, text):
        """A step of a policy by its number or its name in any language.

        :raise UserError: if the policy lacks it, or none applies
        """
        if step := self._step_of(policy, text):
            return step
        if policy:
            raise UserError(
                self.env._(
                    "Policy “%(policy)s” has no step “%(step)s”.",
                    policy=policy.name,
                    step=text,
                )
            )
        raise UserError(
            self.env._(
                "No policy applies: step “%(step)s” can't be taken over.", step=text
            )
        )
