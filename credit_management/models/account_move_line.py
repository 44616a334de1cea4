import re

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

#: The number of an instalment, at the end of the label of its item.
INSTALMENT = re.compile(r"\D(\d{1,2})$")


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "credit.position.mixin"]

    def _credit_items(self):
        # OVERRIDES credit.position.mixin
        return {
            line: line
            for line in self
            if line.parent_state == "posted"
            and line.account_type == "asset_receivable"
            and not line.reconciled
            and line._origin
        }

    def _credit_names(self):
        """What debtors call items: instalments of an invoice by their number as well.

        It stands at the end of their labels, whatever the language of these. An item
        whose siblings are not asked for is called by its invoice alone. What books
        charges is told as such, with the invoice where it is about one.

        :return: {item id: name}
        """
        names = {item.id: item.move_name for item in self}
        charges = self.move_id._credit_charge_names()
        names |= {i.id: charges[i.move_id] for i in self if i.move_id in charges}
        for move, own in self.grouped("move_id").items():
            numbers = [INSTALMENT.search(item.name or "") for item in own]
            if len(own) < 2 or move.move_type != "out_invoice" or not all(numbers):
                continue
            for item, number in zip(own, numbers, strict=True):
                names[item.id] = self.env._(
                    "%(invoice)s, instalment %(number)s",
                    invoice=item.move_name,
                    number=number[1],
                )
        return names

    def _credit_domain(self, items):
        # OVERRIDES credit.position.mixin
        return Domain("id", "in", items)

    def _credit_react(self):
        """Settle the promises and plans on these items after a payment, and look at
        what was charged on them.

        One query where there is nothing of it, however many items.
        """
        if not self.ids:
            return
        charge_model = self.env["credit.charge"].sudo()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT 'credit.promise', promise_id
                     FROM credit_promise_item_rel WHERE item_id = ANY(%(ids)s)
                    UNION ALL
                   SELECT 'credit.plan', plan_id
                     FROM credit_plan_item_rel WHERE item_id = ANY(%(ids)s)
                    UNION
                   SELECT 'credit.plan', charge.plan_id
                     FROM credit_charge charge
                     JOIN account_move_line aml ON aml.move_id = charge.booking_id
                    WHERE aml.id = ANY(%(ids)s) AND charge.plan_id IS NOT NULL
                    UNION ALL
                    %(charges)s""",
                ids=self.ids,
                charges=charge_model._to_look_at_sql(self.ids),
            )
        )
        claimed, booked = (
            charge_model.browse(row[1] for row in rows if row[0] == state)
            for state in ("claimed", "booked")
        )
        if claimed or booked:
            charge_model._correct(claimed, booked)
        for model in ("credit.promise", "credit.plan"):
            ids = [row[1] for row in rows if row[0] == model]
            if ids:
                self.env[model].sudo().browse(ids)._settle()

    @api.model
    def _prepare_reconciliation_single_partial(
        self, debit_values, credit_values, shadowed_aml_values=None
    ):
        # EXTENDS account: no more of an item than was meant for it
        item_id, paid_id, limit = self.env.context.get("credit_limit") or (0, 0, 0)
        item, paid = debit_values["aml"], credit_values["aml"]
        residual = debit_values["amount_residual_currency"]
        if (item.id, paid.id) == (item_id, paid_id) and 0 < limit < residual:
            share = debit_values["amount_residual"] * limit / residual
            debit_values = {
                **debit_values,
                "amount_residual": item.company_currency_id.round(share),
                "amount_residual_currency": limit,
            }
        return super()._prepare_reconciliation_single_partial(
            debit_values, credit_values, shadowed_aml_values
        )

    @api.model
    def _format_aml_name(self, line_name, move_ref, move_name=None):
        # EXTENDS account: a reference that is the number is said once
        if move_ref == move_name:
            move_ref = None
        return super()._format_aml_name(line_name, move_ref, move_name)

    def _credit_claimable(self):
        """What may be agreed on of these items: {item: residual less what is disputed}.

        In the currency of each item, and less what was paid without a journal entry.
        What was not accepted of a dispute may be agreed on while its reminders wait.
        What is contested as a whole, is paid or is no claim counts as nothing.
        """
        if not self.ids:
            return {}
        self.env.flush_all()
        engine = self.env["credit.engine"].sudo()
        amounts = {}
        for company, items in self.sudo().grouped("company_id").items():
            debtors = items.partner_id.commercial_partner_id.ids
            rows = self.env.execute_query(
                SQL(
                    """SELECT aml.id, CASE WHEN %s THEN 0 ELSE %s END
                         FROM account_move_line aml
                         JOIN account_move move ON move.id = aml.move_id
                         JOIN res_partner partner ON partner.id = aml.partner_id
                        WHERE aml.id = ANY(%s) AND aml.reconciled IS NOT TRUE
                          AND aml.parent_state = 'posted'
                          AND move.payment_state <> 'reversed'""",
                    engine._contested_sql(company, None, debtors),
                    engine._claimable_sql(company, None, debtors),
                    items.ids,
                )
            )
            amounts.update({self.browse(row[0]): float(row[1]) for row in rows})
        return amounts

    def _credit_open(self):
        """What is open of these items, disputed or not: {item: amount}.

        In the currency of each item. What was paid without a journal entry is taken
        off: it leaves the residual as it is. In sudo: only to find the invoices.
        """
        amounts = dict.fromkeys(self, 0.0)
        if not self.ids:
            return amounts
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT aml.id,
                          aml.amount_residual_currency - COALESCE(unbooked.amount, 0)
                     FROM account_move_line aml
                     LEFT JOIN (%(unbooked)s) unbooked ON unbooked.item_id = aml.id
                    WHERE aml.id = ANY(%(ids)s)""",
                unbooked=self.env["credit.engine"]._unbooked_sql(
                    SQL("= ANY(%s)", self.sudo().move_id.ids)
                ),
                ids=self.ids,
            )
        )
        amounts.update({self.browse(row[0]): float(row[1]) for row in rows})
        return amounts

    def _credit_notes(self):
        """Credit notes matched with these items: {item: [(item of it, amount)]}.

        In the currency of each item.
        """
        found = {}
        if not self.ids:
            return found
        self.env["account.partial.reconcile"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT part.debit_move_id, part.credit_move_id,
                          part.debit_amount_currency
                     FROM account_partial_reconcile part
                     JOIN account_move_line credit ON credit.id = part.credit_move_id
                     JOIN account_move note ON note.id = credit.move_id
                    WHERE part.debit_move_id = ANY(%s)
                      AND note.move_type = 'out_refund'""",
                self.ids,
            )
        )
        for item_id, credit_id, amount in rows:
            item, credit = self.browse((item_id, credit_id))
            found.setdefault(item, []).append((credit, float(amount)))
        return found

    def action_credit_claim(self):
        """Work out what is owed on these items at a date, with interest and charges."""
        return self.env["credit.claim"]._open(self)

    def action_credit_promise(self):
        """Note that the debtor promised to pay these items."""
        return self._credit_agree("credit.promise")

    def action_credit_plan(self):
        """Agree on instalments for these items."""
        return self._credit_agree("credit.plan")

    def _credit_agree(self, model):
        """The form for a promise or a plan about these items, filled in."""
        if not self:
            raise UserError(self.env._("Nothing is open here."))
        names = {
            "credit.promise": self.env._("Promise"),
            "credit.plan": self.env._("Payment plan"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": names[model],
            "res_model": model,
            "view_mode": "form",
            "target": "new" if model == "credit.promise" else "current",
            "context": {
                "default_item_ids": [(6, 0, self.ids)],
                "default_source": "phone",
            },
        }
