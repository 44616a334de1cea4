"""Items that are made anew: an invoice that is corrected keeps what was agreed on it.

Whoever resets an invoice to draft and posts it again may get new journal items, or the
same with other amounts. What was promised, planned or told about the invoice goes on
with what the invoice is now.
"""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: What is about items: model, and the states in which it follows its invoices.
FOLLOWING = {
    "credit.promise": ("open",),
    "credit.plan": ("requested", "active"),
    "credit.answer": ("new",),
}


class CreditItemsMixin(models.AbstractModel):
    """Something about open items. The models define ``item_ids`` and ``state``."""

    _name = "credit.items.mixin"
    _description = "About Open Items"

    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        compute="_compute_move_ids",
        store=True,
        help="Those of the items, also while they are corrected and have none.",
    )

    @api.depends("item_ids")
    def _compute_move_ids(self):
        for record in self:
            record.move_ids |= record.item_ids.move_id

    def _being_corrected(self):
        """Those with an invoice that is a draft again: nobody can tell what is owed."""
        return self.filtered(
            lambda record: "draft" in record.sudo().move_ids.mapped("state")
        )

    def _take_back_items(self, moves):
        """Follow the items that ``moves`` have now.

        An invoice whose items are gone comes with all that it has.
        """
        for record in self:
            lost = (record.move_ids & moves) - record.item_ids.move_id
            items = lost.line_ids.filtered(
                lambda line: (
                    line.account_type == "asset_receivable" and line.amount_currency > 0
                )
            )
            if items:
                record.item_ids |= items
            record._items_changed()

    def _items_changed(self):
        """An invoice of the record was corrected."""


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        # EXTENDS account
        posted = super()._post(soft)
        posted._credit_carry_over()
        return posted

    def _credit_carry_over(self):
        """Let what was agreed on these invoices follow their items.

        One query where nothing was.
        """
        if not self.ids:
            return
        parts = []
        for model, states in FOLLOWING.items():
            field = self.env[model]._fields["move_ids"]
            parts.append(
                SQL(
                    """SELECT %(model)s, record.id
                         FROM %(table)s record
                         JOIN %(relation)s rel ON rel.%(column1)s = record.id
                        WHERE rel.%(column2)s = ANY(%(ids)s)
                          AND record.state IN %(states)s""",
                    model=model,
                    table=SQL.identifier(self.env[model]._table),
                    relation=SQL.identifier(field.relation),
                    column1=SQL.identifier(field.column1),
                    column2=SQL.identifier(field.column2),
                    ids=self.ids,
                    states=states,
                )
            )
        parts.append(
            SQL(
                """SELECT 'credit.charge', id FROM credit_charge
                    WHERE invoice_id = ANY(%s) AND move_line_id IS NULL
                      AND state <> 'reversed'""",
                self.ids,
            )
        )
        for model in FOLLOWING:
            self.env[model].flush_model(["move_ids", "state"])
        self.env["credit.charge"].flush_model(["invoice_id", "move_line_id", "state"])
        rows = self.env.execute_query(SQL(" UNION ALL ").join(parts))
        for model in FOLLOWING:
            ids = sorted({row[1] for row in rows if row[0] == model})
            if ids:
                self.env[model].sudo().browse(ids)._take_back_items(self.sudo())
        ids = [row[1] for row in rows if row[0] == "credit.charge"]
        if ids:
            self.env["credit.charge"].sudo().browse(ids)._take_back_item()


class CreditCharge(models.Model):
    _inherit = "credit.charge"

    def _take_back_item(self):
        """Belong to the item of the invoice again, where it has one and no more.

        The interest of the same days would be claimed twice otherwise.
        """
        for move, charges in self.grouped("invoice_id").items():
            item = self.env["account.move.line"].search(
                Domain("move_id", "=", move.id)
                & Domain("account_type", "=", "asset_receivable")
            )
            if len(item) == 1:
                charges.move_line_id = item
