"""The items that a task is about: what is due, and apart from it what is due soon."""

from odoo import api, fields, models
from odoo.tools import format_date


class CreditTask(models.Model):
    _inherit = "credit.task"

    items_html = fields.Html(
        string="Items", compute="_compute_items_html", sanitize=False
    )

    @api.depends("res_model", "res_id")
    def _compute_items_html(self):
        for task in self:
            rows = task._item_rows()
            due = [row for row in rows if row["days"] >= 0]
            soon = [row for row in rows if row["days"] < 0]
            task.items_html = False
            if rows:
                task.items_html = self.env["ir.qweb"]._render(
                    "credit_management.task_items",
                    {"due": due, "soon": soon, "rest": task._rest_rows()},
                )

    def _rest_rows(self):
        """(label, amount) of what a reminder claims besides its items."""
        self.ensure_one()
        if self.res_model != "credit.reminder":
            return []
        return self._record().exists()._rest_texts()

    def _item_rows(self):
        """What the task is about, the oldest first: dicts of name, due, days, amount.

        ``days`` are those overdue today, negative before the due date.
        """
        self.ensure_one()
        record = self._record().exists()
        if self.res_model == "credit.reminder":
            found = [
                (line.name, line.date_due, line.amount_residual, line.currency_id)
                for line in record.line_ids
            ]
        elif self.res_model in ("credit.promise", "credit.plan", "credit.answer"):
            # In sudo: whoever sees the agreement may know what it is about.
            found = [
                (
                    item.move_id.name,
                    item.date_maturity or item.date,
                    item.amount_residual_currency,
                    item.currency_id,
                )
                for item in record.sudo().item_ids
                if not item.reconciled
            ]
        else:
            return []
        today = self.company_id._credit_today()
        return [
            {
                "name": name,
                "due": format_date(self.env, due) if due else "",
                "days": (today - due).days if due else 0,
                "amount": currency.format(amount),
            }
            for name, due, amount, currency in sorted(
                found, key=lambda row: (row[1] or today, row[0] or "")
            )
        ]
