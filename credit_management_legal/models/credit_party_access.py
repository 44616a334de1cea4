"""Who of a third party may use the portal: given and taken by Odoo's own wizard."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    credit_portal_user_text = fields.Char(
        string="Use the portal",
        compute="_compute_credit_portal_user_text",
        groups="credit_management.group_viewer",
        help="People of this firm who see its cases and report about them.",
    )

    @api.depends("credit_party_role")
    def _compute_credit_portal_user_text(self):
        parties = self.filtered("credit_party_role")
        (self - parties).credit_portal_user_text = False
        firms = parties.commercial_partner_id
        # In sudo: users of the portal are no secret, and are no users to most.
        users = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("partner_id.commercial_partner_id", "in", firms.ids),
                    ("share", "=", True),
                ]
            )
        )
        groups = users.grouped(lambda user: user.partner_id.commercial_partner_id)
        for partner in parties:
            own = groups.get(partner.commercial_partner_id, users.browse())
            names = sorted(own.mapped("name"))
            partner.credit_portal_user_text = ", ".join(names)

    def action_credit_portal_access(self):
        """Choose who of the firm sees its cases: Odoo's wizard, with all contacts.

        :raise UserError: if one of them takes no part in cases
        """
        for partner in self:
            if not (partner | partner.commercial_partner_id).filtered(
                "credit_party_role"
            ):
                raise UserError(
                    self.env._(
                        "Say what %s is first: agency, bailiff, lawyer, court …",
                        partner.display_name,
                    )
                )
        firms = self.commercial_partner_id
        wizard = self.env["portal.wizard"].with_context(active_ids=firms.ids)
        return wizard.create(
            {
                "welcome_message": self.env._(
                    "You find the cases that were handed over to you below “Cases”: "
                    "download the files, report what you did, and ask what you need."
                )
            }
        )._action_open_modal()


class CreditMandate(models.Model):
    _inherit = "credit.mandate"

    def action_credit_portal_access(self):
        """Choose who of the third party sees its cases."""
        return self.party_id.action_credit_portal_access()
