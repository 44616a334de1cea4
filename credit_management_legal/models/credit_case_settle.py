"""When a case is paid: its items, and all that is claimed beside them."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .credit_case import RUNNING


class CreditCase(models.Model):
    _inherit = "credit.case"

    amount_charges = fields.Monetary(
        string="Charges and costs open",
        compute="_compute_amount_charges",
        compute_sudo=True,
        help="Interest, indemnities, fees and costs of acts that are claimed in the "
        "case and not paid yet. It is paid once nothing of them is left.",
    )

    @api.depends(
        "line_ids.amount_residual",
        "line_ids.date_withdrawn",
        "cost_ids.charge_id.state",
        "cost_ids.charge_id.booking_id.amount_residual",
    )
    def _compute_amount_charges(self):
        found = self._open_charges()
        none = self.env["credit.charge"].sudo()
        booked = none.union(*found.values()).filtered(lambda c: c.state == "booked")
        shares = self._booked_shares(booked)
        for case in self:
            own = found.get(case._origin.id, none)
            rest = sum(shares[charge][1] for charge in own & booked)
            case.amount_charges = sum(own.mapped("amount_open")) + case._major(rest)

    # ------------------------------------------------------------------
    # What is claimed beside the items
    # ------------------------------------------------------------------

    @api.model
    def _charges_sql(self, condition):
        """Charges of running cases, as a query for (case_id, charge_id).

        Those on the items, the costs of acts in the claim, and the fees of reminders of
        the items.

        :param SQL condition: on ``charge`` and ``opened``, the case
        """
        return SQL(
            """SELECT opened.id AS case_id, charge.id AS charge_id
                 FROM credit_case_line line
                 JOIN credit_case opened ON opened.id = line.case_id
                 JOIN credit_charge charge ON charge.move_line_id = line.move_line_id
                WHERE line.is_open AND %(condition)s
                UNION
               SELECT opened.id, charge.id
                 FROM credit_case_cost cost
                 JOIN credit_case opened ON opened.id = cost.case_id
                 JOIN credit_charge charge ON charge.id = cost.charge_id
                WHERE opened.state IN %(running)s AND %(condition)s
                UNION
               SELECT opened.id, charge.id
                 FROM credit_case_line line
                 JOIN credit_case opened ON opened.id = line.case_id
                 JOIN credit_reminder_line told
                   ON told.move_line_id = line.move_line_id
                 JOIN credit_charge charge ON charge.reminder_id = told.reminder_id
                WHERE line.is_open AND charge.move_line_id IS NULL AND %(condition)s""",
            condition=condition,
            running=RUNNING,
        )

    @api.model
    def _paid_sql(self):
        """Whether an item is paid, as a condition on ``aml`` and ``move``."""
        return SQL(
            "(aml.reconciled IS TRUE OR %s)",
            self.env["credit.engine"]._paid_by_state_sql(),
        )

    def _open_charges(self):
        """What is claimed in running cases beside their items, and not paid.

        One query for any number of cases.

        :return: {case id: charges, in sudo}
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT own.case_id, ARRAY_AGG(charge.id ORDER BY charge.id)
                     FROM (%(charges)s) own
                     JOIN credit_charge charge ON charge.id = own.charge_id
                    WHERE charge.state = 'claimed' AND charge.amount_open > 0
                       OR charge.state = 'booked' AND EXISTS (
                            SELECT FROM account_move_line aml
                              JOIN account_move move ON move.id = aml.move_id
                              JOIN account_account account
                                ON account.id = aml.account_id
                             WHERE move.id = charge.booking_id
                               AND account.account_type = 'asset_receivable'
                               AND move.state <> 'cancel' AND NOT %(paid)s)
                    GROUP BY own.case_id""",
                charges=self._charges_sql(
                    SQL(
                        """opened.id = ANY(%s)
                           AND charge.currency_id = opened.currency_id""",
                        self.ids,
                    )
                ),
                paid=self._paid_sql(),
            )
        )
        charges = self.env["credit.charge"].sudo()
        return {case_id: charges.browse(ids) for case_id, ids in rows}

    # ------------------------------------------------------------------
    # Paid, and open again
    # ------------------------------------------------------------------

    def _items_paid(self):
        """Whether all items of running cases are paid: {case id: bool}; one query."""
        self.env.flush_all()
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT line.case_id, BOOL_AND(%s)
                         FROM credit_case_line line
                         JOIN account_move_line aml ON aml.id = line.move_line_id
                         JOIN account_move move ON move.id = aml.move_id
                        WHERE line.is_open AND line.case_id = ANY(%s)
                        GROUP BY line.case_id""",
                    self._paid_sql(),
                    self.ids,
                )
            )
        )

    def _settle(self):
        """Close what is paid, and open again what a payment that was undone leaves.

        A case is paid once nothing is left of its items, of the charges on them and of
        the costs of acts in its claim. In sudo: a payment says what became of a case,
        whoever enters it.
        """
        claimed = self._open_charges()
        items_paid = self._items_paid()
        for case in self.filtered(lambda case: case.id in items_paid):
            paid = items_paid[case.id] and case.id not in claimed
            today = case.company_id._credit_today()
            if paid and case.state == "open":
                case.write({"state": "paid", "date_closed": today})
            elif not paid and case.state == "paid":
                case.write({"state": "open", "date_closed": False})

    def action_close_waived(self):
        """Close a case of which only charges or costs are left: they are waived.

        The wizard asks why, and says how much it is.
        """
        self._check_manager()
        return self.env["credit.case.end"]._ask(
            self.filtered(lambda case: case.state in RUNNING), "close", waive=True
        )

    def _waive_charges(self, reason):
        """Give up what is claimed beside the items.

        :param str reason: kept on each charge
        :raise UserError: for what is in the books: that is written off
        """
        self._check_manager()
        for charges in self._open_charges().values():
            booked = charges.filtered(lambda charge: charge.state == "booked")
            if booked:
                raise UserError(
                    self.env._(
                        "%s is in the books: write its rest off, from the case.",
                        ", ".join(
                            move.name or move.ref or "" for move in booked.booking_id
                        ),
                    )
                )
            # In sudo: the managers who close a case decide on all of it.
            for charge in charges:
                charge._waive(charge.amount_open, reason)


class CreditCharge(models.Model):
    _inherit = "credit.charge"

    def write(self, vals):
        # EXTENDS credit_management: a case may be paid by what is given up
        result = super().write(vals)
        # No field leads from a case to the charges on its items.
        self.env["credit.case"].invalidate_model(["amount_charges"])
        if vals.get("state") in ("waived", "reversed"):
            self._settle_cases()
        return result

    def _settle_cases(self):
        """Look anew whether the running cases of these charges are paid."""
        if not self.ids:
            return
        self.env.flush_all()
        cases = self.env["credit.case"].sudo()
        rows = self.env.execute_query(
            cases._charges_sql(SQL("charge.id = ANY(%s)", self.ids))
        )
        if rows:
            cases.browse({row[0] for row in rows})._settle()
