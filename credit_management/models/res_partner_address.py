"""Whether e-mails reach a debtor: what came back from its addresses."""

from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    credit_address_text = fields.Text(
        string="E-mails that come back",
        compute="_compute_credit_address_text",
        groups="credit_management.group_viewer",
        help="Addresses of the debtor that are not used for reminders any more.",
    )

    # By which whoever has an address is found.
    _credit_email_idx = models.Index(
        "(email_normalized) WHERE email_normalized IS NOT NULL"
    )

    @api.depends("email", "child_ids.email", "parent_id")
    @api.depends_context("company", "lang")
    def _compute_credit_address_text(self):
        texts = self.commercial_partner_id._credit_address_texts(self.env.company)
        for partner in self:
            partner.credit_address_text = texts.get(partner.commercial_partner_id)

    def _credit_addresses(self, company):
        """The addresses of debtors and their contacts that are not used any more.

        In sudo: who sees a debtor may know.

        :return: {debtor: ``credit.address`` records}
        """
        contacts = self.sudo().search_fetch(
            Domain("commercial_partner_id", "in", self.ids)
            & Domain("email_normalized", "!=", False),
            ["commercial_partner_id", "email_normalized"],
        )
        unusable = (
            self.env["credit.address"]
            .sudo()
            ._unusable_among(company, set(contacts.mapped("email_normalized")))
        )
        found = {}
        for contact in contacts:
            address = unusable.get(contact.email_normalized)
            if address:
                debtor = self.browse(contact.commercial_partner_id.id)
                found[debtor] = found.get(debtor, address) | address
        return found

    def _credit_address_texts(self, company):
        """What to mend, in the reader's language: {debtor: text}."""
        return {
            debtor: "\n".join(address._unusable_text() for address in addresses)
            for debtor, addresses in self._credit_addresses(company).items()
        }

    def action_credit_address_confirm(self):
        """The addresses of the debtor are right after all."""
        self.ensure_one()
        debtor = self.commercial_partner_id
        addresses = debtor._credit_addresses(self.env.company)
        found = addresses.get(debtor, self.env["credit.address"])
        return found.sudo(False).action_confirm()
