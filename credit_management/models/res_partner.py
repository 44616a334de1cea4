from odoo import api, fields, models
from odoo.fields import Domain

from ..engine import identity
from .credit_regime import KINDS
from .credit_reminder import OPEN_STATES


class ResPartner(models.Model):
    _inherit = "res.partner"

    type = fields.Selection(
        selection_add=[
            ("dunning", "Reminders"),
            ("dunning_escalation", "Reminders: escalation"),
            ("other",),
        ],
        ondelete={"dunning": "set default", "dunning_escalation": "set default"},
    )
    credit_kind = fields.Selection(
        [
            ("business", "Business"),
            ("consumer", "Consumer"),
            ("public", "Public body"),
        ],
        string="Kind of debtor",
        help="Decides which rules apply. Unknown counts as consumer.",
    )
    credit_kind_proof = fields.Char(
        string="Proof of business",
        tracking=True,
        help="What else than a company number proves that the debtor is a business: "
        "an extract from a register, a written declaration, with its date.",
    )
    credit_legal_kind = fields.Selection(
        KINDS,
        string="Kind in law",
        compute="_compute_credit_legal_kind",
        store=True,
        help="Business only with proof; unknown counts as consumer.",
    )
    credit_kind_basis = fields.Selection(
        [
            ("public", "Declared a public body"),
            ("vat", "Valid VAT number"),
            ("registry", "Valid company number"),
            ("proof", "Other proof"),
            ("consumer", "Declared a consumer"),
            ("unproven", "Declared a business, without proof"),
            ("unknown", "Unknown"),
        ],
        string="Because of",
        compute="_compute_credit_legal_kind",
        store=True,
    )
    credit_regime_id = fields.Many2one(
        "credit.regime",
        company_dependent=True,
        groups="credit_management.group_viewer",
        string="Legal regime",
        help="Instead of the one that follows from the country and the kind.",
    )
    credit_insolvency_date = fields.Date(
        string="Insolvency opened on",
        tracking=True,
        help="No interest runs from this day where the law says so.",
    )
    credit_policy_id = fields.Many2one(
        "credit.policy",
        company_dependent=True,
        check_company=True,
        groups="credit_management.group_viewer",
        string="Credit policy",
        domain="['|', ('company_id', '=', False),"
        " ('company_id', 'parent_of', current_company_id)]",
        help="Follows this policy instead of the first one whose conditions fit.",
    )
    credit_user_id = fields.Many2one(
        "res.users",
        company_dependent=True,
        string="Collector",
        domain=[("share", "=", False)],
    )
    credit_hold_ids = fields.One2many(
        "credit.hold", "partner_id", groups="credit_management.group_viewer"
    )
    credit_reminder_count = fields.Integer(
        compute="_compute_credit_reminder_count",
        groups="credit_management.group_viewer",
    )
    credit_charge_count = fields.Integer(
        compute="_compute_credit_charge_count",
        groups="credit_management.group_viewer",
    )
    credit_step_id = fields.Many2one(
        "credit.policy.step",
        string="Last credit step",
        compute="_compute_credit_position",
        groups="credit_management.group_viewer",
    )
    credit_next_step_id = fields.Many2one(
        "credit.policy.step",
        string="Next credit step",
        compute="_compute_credit_position",
        groups="credit_management.group_viewer",
    )
    credit_next_date = fields.Date(
        string="Next step on",
        compute="_compute_credit_position",
        groups="credit_management.group_viewer",
    )
    credit_block_reason = fields.Selection(
        selection=lambda self: self.env["credit.engine"]._selection_block_reason(),
        string="Not reminded because",
        compute="_compute_credit_position",
        groups="credit_management.group_viewer",
    )
    credit_block_text = fields.Char(
        string="What stops it",
        compute="_compute_credit_position",
        groups="credit_management.group_viewer",
        help="Until when the reason holds, or what to mend.",
    )

    def write(self, vals):
        # EXTENDS base: an insolvency stops what was charged since it was opened
        result = super().write(vals)
        if vals.get("credit_insolvency_date"):
            debtors = self.commercial_partner_id
            self.env["credit.charge"]._correct_since_opening(debtors)
        return result

    def _commercial_fields(self):
        # EXTENDS base
        return [
            *super()._commercial_fields(),
            "credit_kind",
            "credit_kind_proof",
            "credit_insolvency_date",
        ]

    @api.depends(
        "company_registry", "country_id", "credit_kind", "credit_kind_proof", "vat"
    )
    def _compute_credit_legal_kind(self):
        for partner in self:
            kind, basis = identity.legal_kind(
                partner.credit_kind,
                partner.country_id.code,
                partner.vat,
                partner.company_registry,
                partner.credit_kind_proof,
            )
            partner.credit_legal_kind = kind
            partner.credit_kind_basis = basis

    def _compute_credit_reminder_count(self):
        counts = dict(
            self.env["credit.reminder"]._read_group(
                [
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("company_id", "in", self.env.companies.ids),
                    ("state", "!=", "cancelled"),
                ],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.credit_reminder_count = counts.get(partner.commercial_partner_id, 0)

    def _compute_credit_charge_count(self):
        counts = dict(
            self.env["credit.charge"]._read_group(
                [
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("company_id", "in", self.env.companies.ids),
                    ("state", "=", "claimed"),
                ],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.credit_charge_count = counts.get(partner.commercial_partner_id, 0)

    def _compute_credit_position(self):
        """What comes next for the debtor: a reminder or call that waits, else the first
        step of any of its items."""
        # In sudo: who may see where a debtor stands need not read journal items.
        items = (
            self.env["account.move.line"]
            .sudo()
            .search_fetch(
                Domain(
                    "partner_id.commercial_partner_id",
                    "in",
                    self.commercial_partner_id.ids,
                )
                & Domain("company_id", "=", self.env.company.id)
                & Domain("account_type", "=", "asset_receivable")
                & Domain("parent_state", "=", "posted")
                & Domain("reconciled", "=", False),
                ["partner_id", "company_id"],
                order="id",
            )
        )
        engine = self.env["credit.engine"]
        positions = engine._positions(items) if items else {}
        by_debtor = items.grouped(lambda item: item.partner_id.commercial_partner_id)
        waiting = self._credit_waiting()
        for partner in self:
            answers = [
                positions[item.id]
                for item in by_debtor.get(partner.commercial_partner_id, ())
                if item.id in positions
            ]
            dated = [answer for answer in answers if answer["next_date"]]
            answer = min(dated, key=lambda a: a["next_date"], default=None)
            if answer is None:
                answer = min(answers, key=lambda a: a["due"], default={})
            partner.credit_step_id = answer.get("step_id", False)
            partner.credit_next_step_id = answer.get("next_step_id", False)
            partner.credit_next_date = answer.get("next_date", False)
            partner.credit_block_reason = answer.get("block_reason", False)
            partner.credit_block_text = answer.get("block_text", False)
            if reminder := waiting.get(partner.commercial_partner_id):
                partner.credit_next_step_id = reminder.step_id
                partner.credit_next_date = reminder._credit_leaves_on()

    def _credit_waiting(self):
        """{debtor: the first reminder, call or visit that waits to be sent or made}."""
        reminders = (
            self.env["credit.reminder"]
            .sudo()
            .search_fetch(
                Domain("partner_id", "in", self.commercial_partner_id.ids)
                & Domain("company_id", "=", self.env.company.id)
                & Domain("state", "in", OPEN_STATES)
                & Domain("is_thanks", "=", False),
                ["partner_id", "company_id", "step_id", "contact_after"],
                order="date, id",
            )
        )
        return {
            debtor: min(found, key=lambda reminder: reminder._credit_leaves_on())
            for debtor, found in reminders.grouped("partner_id").items()
        }

    def action_view_credit_reminders(self):
        """Open the reminders of the debtor."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.credit_reminder_action"
        )
        return dict(
            action,
            domain=[("partner_id", "=", self.commercial_partner_id.id)],
            context={},
        )

    def action_view_credit_charges(self):
        """Open the charges that the debtor still owes, and all others by a filter."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.credit_charge_action"
        )
        return dict(
            action,
            domain=[("partner_id", "=", self.commercial_partner_id.id)],
            context={"search_default_open": 1},
        )

    def action_credit_claim(self):
        """Work out what the debtor owes at a date: all open items of the company."""
        self.ensure_one()
        items = self.env["account.move.line"].search(
            Domain(
                "partner_id.commercial_partner_id", "=", self.commercial_partner_id.id
            )
            & Domain("company_id", "=", self.env.company.id)
            & Domain("account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("amount_residual_currency", ">", 0),
            order="date_maturity, id",
        )
        return self.env["credit.claim"]._open(items, charge_fee=True)

    def action_credit_hold(self):
        """Stop the reminders of this debtor for a while."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hold"),
            "res_model": "credit.hold",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }
