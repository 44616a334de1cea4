from odoo import api, fields, models
from odoo.fields import Command, Domain


class AccountMove(models.Model):
    _inherit = "account.move"

    credit_case_ids = fields.Many2many(
        "credit.case",
        string="Cases",
        compute="_compute_credit_case_ids",
        groups="credit_management.group_viewer",
    )
    credit_case_count = fields.Integer(
        compute="_compute_credit_case_ids", groups="credit_management.group_viewer"
    )

    @api.depends_context("uid")
    def _compute_credit_case_ids(self):
        cases = dict(
            self.env["credit.case.line"]._read_group(
                [("move_id", "in", self.ids)], ["move_id"], ["case_id:recordset"]
            )
        )
        for move in self:
            move.credit_case_ids = cases.get(move, self.env["credit.case"])
            move.credit_case_count = len(move.credit_case_ids)

    def action_view_credit_cases(self):
        """Open the cases that this invoice is or was in."""
        return self.credit_case_ids._get_records_action(name=self.env._("Cases"))

    def action_credit_case(self):
        """Hand what is open of these invoices over to a third party."""
        return self._credit_open_items().action_credit_case()

    def _credit_carry_over(self):
        # EXTENDS credit_management: a case goes on with what the invoice is now
        result = super()._credit_carry_over()
        if self.ids:
            lost = (
                self.env["credit.case.line"]
                .sudo()
                .search(
                    Domain("move_id", "in", self.ids)
                    & Domain("move_line_id", "=", False)
                    & Domain("date_withdrawn", "=", False)
                    & Domain("case_id.state", "in", ("draft", "open", "paid"))
                )
            )
            for (move, case), lines in lost.grouped(
                lambda line: (line.move_id, line.case_id)
            ).items():
                move._credit_take_back_case_items(case, lines)
        return result

    def _credit_take_back_case_items(self, case, lost):
        """Give the lines of a case the items that the invoice has now.

        :param lost: lines of the case whose items are gone
        """
        self.ensure_one()
        items = self.line_ids.filtered(
            lambda item: (
                item.account_type == "asset_receivable"
                and item.amount_currency > 0
                and item not in case.line_ids.move_line_id
            )
        ).sorted(lambda item: (item.date_maturity or item.date, item.id))
        for line, item in zip(lost.sorted("date_due"), items, strict=False):
            line.move_line_id = item
        surplus = items[len(lost) :]
        if surplus:
            case.write(
                {
                    "line_ids": [
                        Command.create({"move_line_id": item.id}) for item in surplus
                    ]
                }
            )
