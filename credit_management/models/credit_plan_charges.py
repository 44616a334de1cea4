"""What a plan costs as charges: worked out by the law, claimed when they are owed.

The fee is claimed when the plan begins, the interest of an instalment when its day has
come. They are ``credit.charge`` like others, with the plan in place of a reminder: they
can be waived and booked, and no reminder asks for the interest of the same days again.
While the plan runs they are paid by its instalments, and by nothing else.

Interest ends when the items are paid, or when the plan does: what the days until then
have brought is claimed, the rest is given up.
"""

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import plan_charges
from .credit_charge_texts import as_list
from .credit_regime_resolution import to_minor


class CreditPlan(models.Model):
    _inherit = "credit.plan"

    charges = fields.Json(
        readonly=True,
        copy=False,
        help="The interest that was agreed on, item by item and instalment by "
        "instalment, and what the law leaves out.",
    )
    charge_ids = fields.One2many("credit.charge", "plan_id", readonly=True)
    charge_count = fields.Integer(compute="_compute_charge_count")
    accrual_date = fields.Date(
        readonly=True,
        copy=False,
        help="The next day on which interest of the plan becomes due.",
    )
    withheld_html = fields.Html(
        string="Left out", compute="_compute_withheld_html", sanitize=False
    )

    _accrual_idx = models.Index("(company_id, accrual_date) WHERE state = 'active'")

    @api.depends("charge_ids")
    def _compute_charge_count(self):
        for plan in self:
            plan.charge_count = len(plan.charge_ids)

    @api.depends("charges")
    def _compute_withheld_html(self):
        charge_model = self.env["credit.charge"]
        for plan in self:
            plan.withheld_html = as_list(
                charge_model._withheld_text(
                    entry["kind"], entry["reason"], entry.get("article") or ""
                )
                for entry in (plan.charges or {}).get("withheld", [])
            )

    def action_view_charges(self):
        """Open the charges that the plan brought."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.credit_charge_action"
        )
        return dict(action, domain=[("plan_id", "=", self.id)], context={})

    # ------------------------------------------------------------------
    # Working out
    # ------------------------------------------------------------------

    @api.model
    def _planned_items(self, items, today):
        """The items as :mod:`..engine.plan_charges` wants them, oldest first.

        :return: (rows of :meth:`credit.engine._charge_claims`, list of ``PlannedItem``
            in the same order)
        """
        company, currency = items.company_id, items.currency_id
        amounts = items._credit_claimable()
        engine = self.env["credit.engine"].sudo()
        rows = engine._charge_claims(company, items.ids, today)
        engine._leave_out_disputed(rows)
        rows.sort(key=lambda row: (row["due"], row["id"]))
        reminded = engine._fee_counts(company, rows, today)
        planned = []
        for row in rows:
            amount = to_minor(amounts.get(items.browse(row["id"]), 0.0), currency)
            bearing = not row["is_charge"]
            planned.append(
                plan_charges.PlannedItem(
                    row["claim"],
                    amount,
                    row["regime"] if bearing else None,
                    row["terms"] if bearing else None,
                    reminded[row["id"]],
                )
            )
        return rows, planned

    @api.model
    def _allowed_fee(self, items, planned, wanted, today):
        """What the law allows of a fee.

        :param float wanted: in the currency of the items
        :return: (fee in minor units, ``Withheld`` or None)
        """
        wanted = to_minor(wanted, items.currency_id)
        return plan_charges.plan_fee(planned, wanted, today)

    @api.model
    def _charges_as_json(self, rows, fee, interest, withheld):
        """What fee and interest consist of, to be kept with the plan.

        :param rows: as :meth:`_planned_items` gives them
        :param int fee: in minor units
        :param interest: of :class:`.plan_charges.InterestRow`
        :param withheld: of :class:`.charges.Withheld`
        """
        bearing = [row for row in rows if not row["is_charge"]]
        return {
            "fee_regime_id": bearing[0]["regime_record"].id if fee and bearing else 0,
            "interest": [
                {
                    "move_line_id": rows[row.place]["id"],
                    "invoice_id": rows[row.place]["move_id"],
                    "regime_id": rows[row.place]["regime_record"].id,
                    "date_from": row.first.isoformat(),
                    "date_to": row.last.isoformat(),
                    "amount": row.amount,
                }
                for row in interest
            ],
            "withheld": [
                {"kind": one.kind, "reason": one.reason, "article": one.article}
                for one in withheld
            ],
        }

    # ------------------------------------------------------------------
    # Claiming
    # ------------------------------------------------------------------

    def _claim_fee(self):
        """The fee is owed from the day on which the plan begins."""
        self.env["credit.charge"]._claim(
            [
                {
                    **plan._charge_values(),
                    "kind": "fee",
                    "amount": plan.amount_fee,
                    "regime_id": (plan.charges or {}).get("fee_regime_id"),
                }
                for plan in self
                if plan.amount_fee > 0
            ]
        )

    def _accrue(self, day):
        """Claim the interest of the instalments whose day has come."""
        vals_list = []
        for plan in self:
            agreed = (plan.charges or {}).get("interest", [])
            known = {
                (charge.move_line_id.id, charge.date_from)
                for charge in plan.charge_ids
                if charge.kind == "interest"
            }
            coming = []
            for entry in agreed:
                first = fields.Date.to_date(entry["date_from"])
                last = fields.Date.to_date(entry["date_to"])
                if last > day:
                    coming.append(last)
                elif (entry["move_line_id"], first) not in known:
                    vals_list.append(
                        {
                            **plan._charge_values(),
                            **entry,
                            "kind": "interest",
                            "amount": plan._major(entry["amount"]),
                        }
                    )
            upcoming = min(coming, default=False)
            if plan.accrual_date != upcoming:
                plan.accrual_date = upcoming
        self.env["credit.charge"]._claim(vals_list)

    def _charge_values(self):
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "plan_id": self.id,
            "date": self.company_id._credit_today(),
        }

    def _end_interest(self, day):
        """Interest runs until ``day`` and no longer: give up what lies after it.

        What is owed until then is claimed. The instalments of a plan that still runs
        come to that much less, the last ones first.
        """
        for plan in self:
            agreed = (plan.charges or {}).get("interest", [])
            kept = plan._interest_until(day)
            if kept == agreed:
                plan._accrue(day)
                continue
            owed = plan._major(sum(entry["amount"] for entry in kept))
            values = {
                "charges": {**plan.charges, "interest": kept},
                "amount_interest": owed,
            }
            if plan.state == "active":
                values["line_ids"] = plan._shortened_lines(plan.amount_interest - owed)
            plan.write(values)
            plan._accrue(day)

    def _interest_until(self, day):
        """The agreed interest, cut off after ``day``: entries as in ``charges``."""
        kept = []
        for entry in (self.charges or {}).get("interest", []):
            row = plan_charges.cut(
                plan_charges.InterestRow(
                    0,
                    fields.Date.to_date(entry["date_from"]),
                    fields.Date.to_date(entry["date_to"]),
                    entry["amount"],
                ),
                day,
            )
            if row:
                last = row.last.isoformat()
                kept.append({**entry, "date_to": last, "amount": row.amount})
        return kept

    def _interest_to_claim(self, day):
        """What would still be claimed if interest ended with ``day``."""
        self.ensure_one()
        known = {
            (charge.move_line_id.id, charge.date_from)
            for charge in self.sudo().charge_ids
            if charge.kind == "interest"
        }
        return self._major(
            sum(
                entry["amount"]
                for entry in self._interest_until(day)
                if (entry["move_line_id"], fields.Date.to_date(entry["date_from"]))
                not in known
            )
        )

    def _shortened_lines(self, less):
        """Commands that take ``less`` off the last instalments."""
        lines = self.line_ids.sorted(lambda line: (line.date, line.sequence))
        amounts = [self._minor(line.amount) for line in lines]
        left = plan_charges.shorten(amounts, self._minor(less))
        commands = []
        for line, before, amount in zip(lines, amounts, left, strict=True):
            if not amount:
                commands.append(fields.Command.delete(line.id))
            elif amount != before:
                values = {"amount": self._major(amount)}
                commands.append(fields.Command.update(line.id, values))
        return commands

    # ------------------------------------------------------------------
    # What became of them
    # ------------------------------------------------------------------

    def _charges_settled(self):
        """{plan: fee and interest that need not be paid any more, minor units}.

        What was waived or reversed, and what is booked and paid.
        """
        settled = dict.fromkeys(self, 0)
        for charge in self.charge_ids:
            amount = charge.amount_waived
            if charge.state == "reversed":
                amount = charge.amount
            settled[charge.plan_id] += to_minor(amount, charge.currency_id)
        booked = self.charge_ids.filtered(lambda c: c.state == "booked")
        for (plan, document), charges in booked.grouped(
            lambda c: (c.plan_id, c.booking_id)
        ).items():
            claims = document.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            )
            paid = sum(charges.mapped("amount")) - sum(charges.mapped("amount_waived"))
            paid -= sum(claims.mapped("amount_residual_currency"))
            if document.state == "posted" and paid > 0:
                settled[plan] += to_minor(paid, charges.currency_id[:1])
        return settled

    def _paid_off_on(self):
        """The day on which the last payment of the items came in."""
        self.ensure_one()
        today = self.company_id._credit_today()
        [[day]] = self.env.execute_query(
            SQL(
                """SELECT MAX(max_date) FROM account_partial_reconcile
                    WHERE debit_move_id = ANY(%s)""",
                self.item_ids.ids,
            )
        )
        return min(day or today, today)
