from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "credit.position.mixin"]

    credit_policy_id = fields.Many2one(
        "credit.policy",
        index="btree_not_null",
        copy=False,
        tracking=True,
        check_company=True,
        groups="credit_management.group_viewer",
        domain="['|', ('company_id', '=', False),"
        " ('company_id', 'parent_of', company_id)]",
        help="Follows this policy instead of the customer's.",
    )
    credit_is_charge = fields.Boolean(
        string="Books charges",
        readonly=True,
        copy=False,
        help="A debit note or an entry for interest and charges: it bears none itself.",
    )
    credit_received_date = fields.Date(
        string="Received by the customer on",
        copy=False,
        tracking=True,
        groups="credit_management.group_viewer",
        help="The day on which the customer received the invoice, if you can prove it. "
        "In Belgium a term of more than 60 days from it counts as 30; in Germany it "
        "makes a customer late without an agreed due date.",
    )
    credit_term_text = fields.Char(
        compute="_compute_credit_term_text",
        groups="credit_management.group_viewer",
    )
    credit_reminder_count = fields.Integer(
        compute="_compute_credit_reminder_count",
        groups="credit_management.group_viewer",
    )
    credit_charge_count = fields.Integer(
        compute="_compute_credit_charge_count",
        groups="credit_management.group_viewer",
    )
    credit_dispute_ids = fields.One2many(
        "credit.dispute", "move_id", groups="credit_management.group_viewer"
    )

    credit_dispute_text = fields.Char(
        compute="_compute_credit_dispute_text",
        groups="credit_management.group_viewer",
    )

    @api.depends(
        "commercial_partner_id",
        "credit_received_date",
        "invoice_date",
        "invoice_date_due",
        "move_type",
    )
    @api.depends_context("lang")
    def _compute_credit_term_text(self):
        """Asks for the day of receipt where it would make the term too long in law."""
        self.credit_term_text = False
        asked = self.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.invoice_date
                and move.invoice_date_due
                and not move.credit_received_date
            )
        )
        for company, moves in asked.grouped("company_id").items():
            find = self.env["credit.regime"]._resolver(company)
            for move in moves:
                debtor = move.commercial_partner_id.sudo().with_company(company)
                regime = find(
                    debtor.credit_legal_kind or "consumer",
                    debtor.country_id.id,
                    move.invoice_date_due,
                    debtor.credit_regime_id.id,
                ).with_env(self.env)
                move.credit_term_text = regime._term_question(move)

    @api.constrains("credit_received_date", "invoice_date")
    def _check_credit_received_date(self):
        for move in self.sudo().filtered("credit_received_date"):
            if move.invoice_date and move.credit_received_date < move.invoice_date:
                raise ValidationError(
                    self.env._(
                        "%(invoice)s was not received before its own date, %(day)s.",
                        invoice=move.display_name,
                        day=format_date(self.env, move.invoice_date),
                    )
                )

    @api.depends("credit_dispute_ids.state", "credit_dispute_ids.amount")
    @api.depends_context("lang")
    def _compute_credit_dispute_text(self):
        """What is disputed of an invoice whose rest is reminded."""
        for move in self:
            partial = move.credit_dispute_ids.filtered(
                lambda dispute: (
                    dispute.state == "open"
                    and dispute.amount
                    and dispute.scope == "amount"
                )
            )
            move.credit_dispute_text = False
            if partial:
                move.credit_dispute_text = self.env._(
                    "%(amount)s of it disputed (%(reason)s): only the rest is "
                    "reminded.",
                    amount=move.currency_id.format(sum(partial.mapped("amount"))),
                    reason=", ".join(partial.reason_id.mapped("name")),
                )

    def write(self, vals):
        # EXTENDS account: a payment without journal entry is linked by its invoice
        result = super().write(vals)
        if "matched_payment_ids" in vals:
            items = self.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            )
            items._credit_react()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_disputed(self):
        """What a debtor contested on its page would go with the invoice.

        In sudo: whoever deletes invoices need not see disputes.

        :raise UserError: if a debtor contested one of them
        """
        told = Domain("move_id", "in", self.ids) & Domain("source", "=", "portal")
        dispute = self.env["credit.dispute"].sudo().search(told, limit=1)
        if dispute:
            raise UserError(
                self.env._(
                    "%s was disputed by the debtor: cancel it instead.",
                    dispute.move_id.display_name,
                )
            )

    def _get_move_display_name(self, show_ref=False):
        # EXTENDS account: a reference that is the number is said once
        return super()._get_move_display_name(show_ref and self.ref != self.name)

    def _compute_credit_reminder_count(self):
        counts = dict(
            self.env["credit.reminder.line"]._read_group(
                [
                    ("move_id", "in", self.ids),
                    ("reminder_id.state", "!=", "cancelled"),
                ],
                ["move_id"],
                ["reminder_id:count_distinct"],
            )
        )
        for move in self:
            move.credit_reminder_count = counts.get(move, 0)

    def _compute_credit_charge_count(self):
        charges = self.env["credit.charge"]
        counts = dict(
            charges._read_group(
                [("invoice_id", "in", self.ids)], ["invoice_id"], ["__count"]
            )
        )
        booked = dict(
            charges._read_group(
                [("booking_id", "in", self.ids)], ["booking_id"], ["__count"]
            )
        )
        for move in self:
            move.credit_charge_count = counts.get(move, 0) + booked.get(move, 0)

    def _credit_charge_names(self):
        """What debtors call documents that book charges: by one query, none without.

        :return: {document: name}
        """
        booking = self.filtered(
            lambda move: move.credit_is_charge and move.move_type != "out_refund"
        )
        if not booking:
            return {}
        self.env["credit.charge"].flush_model(["booking_id", "invoice_id"])
        invoices = dict(
            self.env.execute_query(
                SQL(
                    """SELECT charge.booking_id, ARRAY_AGG(DISTINCT invoice.name)
                         FROM credit_charge charge
                         JOIN account_move invoice ON invoice.id = charge.invoice_id
                        WHERE charge.booking_id = ANY(%s)
                        GROUP BY charge.booking_id""",
                    booking.ids,
                )
            )
        )
        names = {}
        for move in booking:
            own = invoices.get(move.id, ())
            label = (
                self.env._("Late-payment charges on %s", own[0])
                if len(own) == 1
                else self.env._("Late-payment charges")
            )
            names[move] = self.env._(
                "%(label)s (%(number)s)", label=label, number=move.name
            )
        return names

    def _credit_items(self):
        # OVERRIDES credit.position.mixin
        lines = self.env["account.move.line"].search_fetch(
            Domain("move_id", "in", self.ids)
            & Domain("account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False),
            ["move_id", "company_id", "partner_id"],
            order="id",
        )
        return lines.grouped("move_id")

    def _credit_rows(self):
        # OVERRIDES credit.position.mixin: one of several, as in `speaking_order`
        return SQL(
            """(SELECT DISTINCT ON (move_id) * FROM evaluated
                 ORDER BY move_id, proposable DESC, verdict IS NOT NULL, due, id)
               evaluated"""
        )

    def _credit_domain(self, items):
        # OVERRIDES credit.position.mixin
        return Domain(
            "id",
            "in",
            SQL("(SELECT move_id FROM account_move_line WHERE id IN (%s))", items),
        )

    def action_view_credit_reminders(self):
        """Open the reminders that claimed this invoice."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.credit_reminder_action"
        )
        return dict(action, domain=[("line_ids.move_id", "=", self.id)], context={})

    def _credit_log(self, body):
        """Note on the invoices what stops their reminders, or lets them go on.

        What a visitor of the debtor's page causes comes from the debtor.
        """
        moves = self.sudo().exists()
        visitor = self.env.user._is_public()
        for debtor, own in moves.grouped(
            lambda move: visitor and move.commercial_partner_id
        ).items():
            own._message_log_batch(
                bodies=dict.fromkeys(own.ids, body),
                author_id=debtor.id if visitor else None,
            )

    def action_view_credit_charges(self):
        """Open the charges on this invoice, or those that it books."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.credit_charge_action"
        )
        domain = ["|", ("invoice_id", "=", self.id), ("booking_id", "=", self.id)]
        return dict(action, domain=domain, context={})

    def action_credit_claim(self):
        """Work out what is owed on these invoices at a date."""
        items = self.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        return items.action_credit_claim()

    def action_credit_hold(self):
        """Stop the reminders of this invoice for a while."""
        self.ensure_one()
        return self._credit_act("credit.hold", self.env._("Hold"))

    def action_credit_dispute(self):
        """Note that the debtor contests this invoice."""
        self.ensure_one()
        return self._credit_act("credit.dispute", self.env._("Dispute"))

    def action_credit_promise(self):
        """Note that the debtor promised to pay these invoices."""
        return self._credit_open_items()._credit_agree("credit.promise")

    def action_credit_plan(self):
        """Agree on instalments for these invoices."""
        return self._credit_open_items()._credit_agree("credit.plan")

    def _credit_open_items(self):
        return self.line_ids.filtered(
            lambda line: (
                line.account_type == "asset_receivable"
                and not line.reconciled
                and line.amount_residual_currency > 0
            )
        )

    def _credit_act(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_move_id": self.id,
                "default_partner_id": self.commercial_partner_id.id,
                "default_company_id": self.company_id.id,
            },
        }
