"""What the third party earns on a case."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.credit_management.models.credit_agreement import to_major
from odoo.addons.credit_management.models.credit_regime_resolution import to_minor

from ..engine import fees


class CreditCase(models.Model):
    _inherit = "credit.case"

    amount_collected = fields.Monetary(
        string="Collected",
        compute="_compute_amount_fee",
        compute_sudo=True,
        help="Payments matched with the items since the case was opened, to whomever "
        "they were made. Credit notes are none.",
    )
    amount_fee = fields.Monetary(
        string="Fees",
        compute="_compute_amount_fee",
        compute_sudo=True,
        help="Success fee on what was collected, the fee to open the case and the one "
        "without success, by the mandate; without tax.",
    )

    @api.depends(
        "mandate_id", "state", "line_ids.amount_residual", "line_ids.date_withdrawn"
    )
    def _compute_amount_fee(self):
        collected = self._collected()
        earning = collected
        if not all(mandate.fee_direct for mandate in self.mandate_id):
            earning = self._collected(for_fee=True)
        for case in self:
            own = collected.get(case.id, [])
            case.amount_collected = to_major(
                sum(amount for _age, amount in own), case.currency_id
            )
            fee = case._fee(earning.get(case.id, []))
            case.amount_fee = to_major(fee, case.currency_id)

    def _collected(self, for_fee=False):
        """What was paid on the items since: {case id: [(age in days, minor units)]}.

        The age of an item is that on the day of opening. What was paid after an item
        was withdrawn is not the third party's.

        :param bool for_fee: without what the creditor received itself, where the
            mandate gives no fee on that
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT line.case_id, opened.date_opened - line.date_due,
                          ROUND(part.debit_amount_currency
                                * POWER(10::numeric, currency.decimal_places))::bigint
                     FROM credit_case_line line
                     JOIN credit_case opened ON opened.id = line.case_id
                     LEFT JOIN credit_mandate mandate ON mandate.id = opened.mandate_id
                     JOIN account_partial_reconcile part
                       ON part.debit_move_id = line.move_line_id
                     JOIN account_move_line other ON other.id = part.credit_move_id
                     JOIN account_move move ON move.id = other.move_id
                     JOIN res_currency currency
                       ON currency.id = part.debit_currency_id
                    WHERE line.case_id = ANY(%s)
                      AND move.move_type <> 'out_refund'
                      AND move.credit_write_off_id IS NULL
                      AND other.date >= opened.date_opened
                      AND (line.date_withdrawn IS NULL
                           OR other.date < line.date_withdrawn)
                      AND (NOT %s OR mandate.fee_direct IS DISTINCT FROM FALSE
                           OR move.credit_remittance_id IS NOT NULL)
                    ORDER BY other.date, part.id""",
                self.ids,
                for_fee,
            )
        )
        found = defaultdict(list)
        for case_id, age, amount in rows:
            found[case_id].append((age, amount))
        return found

    def _fee(self, collected):
        """Fees of the case by its mandate, in minor units, without tax.

        :param collected: (age in days, minor units) of what was collected
        """
        return sum(self._fee_parts(collected).values())

    def _fee_parts(self, collected):
        """The same by kind: ``opening``, ``success`` and ``failure``.

        :param collected: (age in days, minor units) of what was collected
        :return: {kind: minor units}
        """
        self.ensure_one()
        mandate, day = self.mandate_id, self.date_opened
        parts = {"opening": 0, "success": 0, "failure": 0}
        if not mandate or not day:
            return parts
        currency = self.currency_id

        def minor(amount):
            converted = mandate.currency_id._convert(
                amount, currency, self.company_id, day
            )
            return to_minor(converted, currency)

        if mandate.fee_opening:
            parts["opening"] = minor(mandate.fee_opening)
        scale = mandate._to_engine(currency, day)
        parts["success"] = fees.success_fee(scale, collected)
        ended = self.state in ("withdrawn", "closed")
        if ended and not collected and mandate.fee_failure:
            parts["failure"] = minor(mandate.fee_failure)
        return parts
