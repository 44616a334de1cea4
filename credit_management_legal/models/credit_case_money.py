"""The money of a case: by which law it goes, what is owed, what was reported."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.credit_management.engine.amounts import spread
from odoo.addons.credit_management.models.credit_agreement import to_major
from odoo.addons.credit_management.models.credit_article import article_text
from odoo.addons.credit_management.models.credit_regime_resolution import to_minor

from ..engine import allocation
from .opening_day import is_before

#: Where a kind of charge stands in the order of payments.
GROUPS = {
    "interest": allocation.INTEREST,
    "cost": allocation.COSTS,
    "indemnity": allocation.CHARGES,
    "clause": allocation.CHARGES,
    "fee": allocation.CHARGES,
}


class CreditCase(models.Model):
    _inherit = "credit.case"

    cost_ids = fields.One2many("credit.case.cost", "case_id", string="Costs")
    payment_ids = fields.One2many(
        "credit.case.payment", "case_id", string="Payments reported"
    )
    date_title = fields.Date(
        string="Enforceable title since",
        tracking=True,
        copy=False,
        help="From when a judgment or an order can be enforced. In many countries "
        "costs may be asked of the debtor from then on only.",
    )
    allocation_order = fields.Selection(
        [
            ("law", "As the law says"),
            ("costs_interest", "Costs, interest, charges, principal"),
            ("interest_costs", "Interest, costs, charges, principal"),
            ("interest_principal", "Interest, principal, costs, charges"),
            ("principal_interest", "Principal, interest, costs, charges"),
        ],
        string="Payments go to",
        default="law",
        required=True,
        tracking=True,
        help="What a part payment pays first, where a contract with the debtor says "
        "otherwise than the law.",
    )
    allocation_text = fields.Char(
        string="Order of payments", compute="_compute_allocation_text"
    )

    remittance_count = fields.Integer(
        compute="_compute_remittance_count", string="Number of remittances"
    )

    def _compute_remittance_count(self):
        counts = dict(
            self.env["credit.remittance.line"]._read_group(
                [("case_id", "in", self.ids), ("state", "!=", "cancelled")],
                ["case_id"],
                ["remittance_id:count_distinct"],
            )
        )
        for case in self:
            case.remittance_count = counts.get(case, 0)

    def action_add_cost(self):
        """Open the form of a cost of an act in this case."""
        return self._action_add("credit.case.cost", self.env._("Note a cost"))

    def action_add_payment(self):
        """Open the form of a payment that the third party got, or we did."""
        return self._action_add("credit.case.payment", self.env._("Note a payment"))

    def _action_add(self, model, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_id": self.id},
        }

    def action_view_remittances(self):
        """Open the remittances in which something of this case is."""
        self.ensure_one()
        remittances = self.env["credit.remittance"].search(
            [("line_ids.case_id", "=", self.id), ("state", "!=", "cancelled")]
        )
        return remittances._get_records_action(name=self.env._("Remittances"))

    @api.depends("allocation_order", "line_ids.move_line_id", "company_id")
    @api.depends_context("lang")
    def _compute_allocation_text(self):
        names = {
            allocation.COSTS: self.env._("costs"),
            allocation.INTEREST: self.env._("interest"),
            allocation.CHARGES: self.env._("charges"),
            allocation.PRINCIPAL: self.env._("principal"),
        }
        for case in self:
            order, article, sure = case._allocation()
            text = ", ".join(names[kind] for kind in order)
            if article:
                text = f"{text} ({article_text(self.env, article)})"
            if not sure:
                text += " – " + self.env._("to be verified")
            case.allocation_text = text

    # ------------------------------------------------------------------
    # Law
    # ------------------------------------------------------------------

    def _title_day(self):
        """From when the claim can be enforced: as noted, or by the procedure."""
        self.ensure_one()
        return self.date_title or self.title_date

    def _regime(self):
        """The legal regime of the case: that of its oldest item.

        Without an item it is that of a debtor of its kind and country today.
        """
        self.ensure_one()
        company = self.company_id
        today = company._credit_today()
        items = self.sudo().line_ids.move_line_id.sorted(
            lambda item: (item.date_maturity or item.date, item.id)
        )
        engine = self.env["credit.engine"].sudo()
        if items:
            self.env.flush_all()
            for row in engine._charge_facts(company, items[:1].ids):
                engine._charge_rules(company, today)(row)
                return row["regime_record"]
        debtor = self.partner_id.sudo().with_company(company)
        find = self.env["credit.regime"]._resolver(company)
        kind = debtor.credit_legal_kind or "consumer"
        return find(kind, debtor.country_id.id, today, debtor.credit_regime_id.id)

    def _allocation(self):
        """In which order payments are taken: (kinds, article, whether that is sure).

        A contract goes before the law. Where the law is silent on costs and charges,
        the setting of the company decides, see ``credit_pay_charges_first``.
        """
        self.ensure_one()
        if self.allocation_order != "law":
            return allocation.ORDERS[self.allocation_order], "", True
        regime = self._regime()
        rule = self.env["credit.cost.rule"]._of(regime)
        basis = regime.basis_ids.filtered(lambda b: b.topic == "allocation")[:1]
        order = allocation.order_by_law(
            regime.allocation == "interest",
            rule["costs_first"],
            self.company_id.sudo().credit_pay_charges_first,
        )
        sure = bool(basis) and basis.confidence != "memory"
        return order, basis.article or "", sure

    # ------------------------------------------------------------------
    # What is open
    # ------------------------------------------------------------------

    def _charge_documents(self):
        """Items of the case that are themselves nothing but charges in the books.

        What is open of them is what is open of those charges: they are counted once.
        Where all of these were reversed nothing is.
        """
        self.ensure_one()
        items = self.sudo()._items().filtered("move_id.credit_is_charge")
        if not items:
            return items
        charges = (
            self.env["credit.charge"]
            .sudo()
            .search(
                Domain("booking_id", "in", items.move_id.ids)
                & Domain("state", "in", ("booked", "reversed"))
            )
        )
        return items.filtered(lambda item: item.move_id in charges.booking_id)

    def _charges(self):
        """Charges on the case: on its items, its costs, fees of reminders of them, and
        those that a document among its items books."""
        self.ensure_one()
        items = self.sudo()._items()
        return (
            self.env["credit.charge"]
            .sudo()
            .search(
                (
                    Domain("move_line_id", "in", items.ids)
                    | Domain("cost_ids.case_id", "=", self.id)
                    | Domain("booking_id", "in", self._charge_documents().move_id.ids)
                    | Domain("move_line_id", "=", False)
                    & Domain("reminder_id.line_ids.move_line_id", "in", items.ids)
                )
                & Domain("currency_id", "=", self.currency_id.id)
                & Domain("state", "in", ("claimed", "booked")),
                order="date, id",
            )
        )

    def _booked_documents(self, day):
        """Posted documents that book charges of the case, and are none of its items."""
        self.ensure_one()
        booked = self._charges().filtered(
            lambda charge: charge.state == "booked" and charge.date <= day
        )
        documents = booked.booking_id - self.sudo()._items().move_id
        return documents.filtered(lambda document: document.state == "posted")

    def _owed(self):
        """What a payment can pay now, as the books have it.

        Interest that nobody has claimed yet is not there.

        :return: list of :class:`engine.allocation.Owed`; keys are (what, record id),
            where ``what`` is item, charge or booked
        """
        self.ensure_one()
        currency = self.currency_id
        owed = []
        for item in self.sudo()._items() - self._charge_documents():
            residual = to_minor(item.amount_residual_currency, currency)
            if residual > 0 and item.parent_state == "posted":
                day = item.date_maturity or item.date
                key = ("item", item.id)
                owed.append(allocation.Owed(key, allocation.PRINCIPAL, residual, day))
        charges = self._charges()
        for charge in charges.filtered(lambda c: c.state == "claimed"):
            amount = to_minor(charge.amount_open, currency)
            if amount > 0:
                key = ("charge", charge.id)
                owed.append(
                    allocation.Owed(key, GROUPS[charge.kind], amount, charge.date)
                )
        booked = charges.filtered(lambda c: c.state == "booked")
        for charge, (_total, open_) in self._booked_shares(booked).items():
            if open_ > 0:
                key = ("booked", charge.id)
                owed.append(
                    allocation.Owed(key, GROUPS[charge.kind], open_, charge.date)
                )
        return owed

    def _allot(self, amount):
        """What a payment would pay now.

        :param int amount: minor units
        :rtype: engine.allocation.Allocation
        """
        return allocation.allocate(amount, self._owed(), self._allocation()[0])

    @api.model
    def _booked_shares(self, charges, day=None, opened=None):
        """What booked charges come to, and what is open of them.

        A document may book several charges: what was paid on it is shared out by
        their amounts, taxes of the document included. What a credit took back of it is
        no payment: the document comes to as much less.

        :param day: what was paid later is not looked at
        :param date opened: day of the opening of an insolvency: only what came before
            it is looked at, see :mod:`.opening_day`
        :return: {charge: (total, open)} in minor units; of drafts nothing is open
        """
        shares = {}
        booked = (
            self.env["credit.charge"]
            .sudo()
            .search(
                Domain("booking_id", "in", charges.booking_id.ids)
                & Domain("state", "=", "booked"),
                order="id",
            )
        )
        of_document = booked.grouped("booking_id")
        # Of all documents at once: each would ask for its own.
        charges.booking_id.line_ids.matched_credit_ids.mapped("debit_amount_currency")
        charges.booking_id.reversal_move_ids.line_ids.mapped("amount_currency")
        for document in charges.booking_id:
            whole = of_document.get(document, booked.browse())
            currency = document.currency_id
            claim = document._credit_claim_lines()
            # Charges that were reversed are gone on every day, and with them all of
            # their credit, whatever it was matched with.
            reversals = document.reversal_move_ids.filtered(
                lambda move: move.credit_is_charge and move.state == "posted"
            )
            taken_back = reversals._credit_claim_lines()
            total = to_minor(
                sum((claim | taken_back).mapped("amount_currency")), currency
            )
            paid = 0
            for part in claim.matched_credit_ids:
                line = part.credit_move_id
                late = day and line.date > day
                late = late or opened and not is_before(line, opened)
                if line in taken_back or late:
                    continue
                amount = to_minor(part.debit_amount_currency, currency)
                if line.move_id.reversed_entry_id == document:
                    total -= amount
                else:
                    paid += amount
            if document.state != "posted":
                total = paid = 0
            total = max(total, 0)
            weights = [to_minor(c.amount - c.amount_waived, currency) for c in whole]
            totals = spread(total, weights)
            rests = spread(max(total - paid, 0), totals)
            for charge, own, rest in zip(whole, totals, rests, strict=True):
                if charge in charges:
                    shares[charge] = (own, rest)
        return shares

    # ------------------------------------------------------------------
    # Reports of the third party
    # ------------------------------------------------------------------

    def _currency_of_report(self, report):
        """The currency that a report names; that of the case where it names none.

        :raise UserError: if it is not in use here
        """
        code = (report.get("currency") or "").strip().upper()
        if not code or code == self.currency_id.name:
            return self.currency_id
        currency = self.env["res.currency"].sudo().search([("name", "=", code)])
        if not currency:
            raise UserError(
                self.env._("The currency “%s” of the report is not in use here.", code)
            )
        return currency

    def _take_cost(self, report, event):
        """Note a cost that the third party reported; somebody decides on it.

        :param dict report: ``date``, ``amount``, ``currency``, ``what``,
            ``recoverable``
        :param event: the event of the report
        :return: the cost
        :raise UserError: for a currency that is not in use here
        """
        self.ensure_one()
        currency = self._currency_of_report(report)
        return (
            self.env["credit.case.cost"]
            .sudo()
            .create(
                {
                    "case_id": self.id,
                    "event_id": event.id,
                    "date": report["date"],
                    "name": report["what"],
                    "kind": report.get("kind") or "other",
                    "amount": float(report["amount"]),
                    "currency_id": currency.id,
                    "tax_id": self.mandate_id.tax_id.id,
                    "recoverable": bool(report.get("recoverable")),
                    "advanced_by": "party",
                }
            )
        )

    def _take_payment(self, report, event):
        """Note a payment that the third party reported.

        :param dict report: ``date``, ``amount``, ``currency``, ``received_by`` (party
            or creditor), ``reference``
        :param event: the event of the report
        :return: the payment
        :raise UserError: for another currency than that of the case, or for a payment
            that was reported before
        """
        self.ensure_one()
        currency = self._currency_of_report(report)
        if currency != self.currency_id:
            raise UserError(
                self.env._(
                    "%(case)s is in %(own)s: report the payment in that currency, not "
                    "in %(other)s.",
                    case=self.name,
                    own=self.currency_id.name,
                    other=currency.name,
                )
            )
        return (
            self.env["credit.case.payment"]
            .sudo()
            .create(
                {
                    "case_id": self.id,
                    "event_id": event.id,
                    "date": report["date"],
                    "amount": float(report["amount"]),
                    "received_by": report.get("received_by") or "party",
                    "reference": (report.get("reference") or "").strip() or False,
                }
            )
        )

    def _major(self, minor):
        """An amount of the case in its currency, from minor units."""
        return to_major(minor, self.currency_id)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _credit_claim_lines(self):
        """The claims on the debtor in documents that book charges."""
        return self.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
