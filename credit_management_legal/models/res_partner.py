from odoo import api, fields, models

#: Who takes part in a case, beside the debtor and the creditor.
ROLES = [
    ("agency", "Collection agency"),
    ("bailiff", "Bailiff, commissaire de justice"),
    ("lawyer", "Lawyer"),
    ("court", "Court"),
    ("administrator", "Insolvency administrator"),
]


class ResPartner(models.Model):
    _inherit = "res.partner"

    credit_party_role = fields.Selection(
        ROLES,
        string="Role in collection",
        index="btree_not_null",
        help="As what the partner takes part in cases.",
    )
    credit_party_country_ids = fields.Many2many(
        "res.country",
        "credit_party_country_rel",
        "partner_id",
        "country_id",
        string="Works in",
        help="Empty: everywhere.",
    )
    credit_party_state_ids = fields.Many2many(
        "res.country.state",
        "credit_party_state_rel",
        "partner_id",
        "state_id",
        string="Districts",
        domain="[('country_id', 'in', credit_party_country_ids)]",
        help="Departments, provinces or states for which it is competent. Empty: all.",
    )
    credit_party_lang_ids = fields.Many2many(
        "res.lang",
        "credit_party_lang_rel",
        "partner_id",
        "lang_id",
        string="Languages",
        context={"active_test": False},
        help="In which it writes to debtors.",
    )
    credit_mandate_ids = fields.One2many(
        "credit.mandate",
        "party_id",
        string="Mandates",
        groups="credit_management.group_viewer",
    )
    credit_case_count = fields.Integer(
        compute="_compute_credit_case_count",
        string="Number of cases",
        groups="credit_management.group_viewer",
    )

    @api.depends_context("uid")
    def _compute_credit_case_count(self):
        """Cases of the debtor, or those that the third party has."""
        cases = self.env["credit.case"]
        owed = dict(
            cases._read_group(
                [("partner_id", "in", self.commercial_partner_id.ids)],
                ["partner_id"],
                ["__count"],
            )
        )
        held = dict(
            cases._read_group([("party_id", "in", self.ids)], ["party_id"], ["__count"])
        )
        for partner in self:
            partner.credit_case_count = owed.get(
                partner.commercial_partner_id, 0
            ) + held.get(partner, 0)

    def action_view_credit_cases(self):
        """Open the cases of this debtor, or those that this third party has."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management_legal.credit_case_action"
        )
        domain = [
            "|",
            ("partner_id", "=", self.commercial_partner_id.id),
            ("party_id", "=", self.id),
        ]
        return dict(action, domain=domain, context={})

    def action_credit_case(self):
        """Hand over what these debtors owe and is overdue, after some checks."""
        items = self.env["credit.handover"]._overdue_items(
            self.commercial_partner_id, self.env.company
        )
        return items.action_credit_case()

    def _credit_works_for(self, debtor):
        """Whether the third party is competent where a debtor has its address."""
        self.ensure_one()
        countries, states = self.credit_party_country_ids, self.credit_party_state_ids
        if countries and debtor.country_id not in countries:
            return False
        own = states.filtered(lambda state: state.country_id == debtor.country_id)
        return not own or not debtor.state_id or debtor.state_id in own
