from odoo import api, fields, models
from odoo.exceptions import UserError

PARTS = ("street", "street2", "zip", "city", "state_id", "country_id")


class CreditPostalAddress(models.TransientModel):
    """The address of a letter that came back: put right, or found right."""

    _name = "credit.postal.address"
    _description = "Check of an Address"

    reminder_id = fields.Many2one(
        "credit.reminder", string="Letter", required=True, readonly=True
    )
    contact_id = fields.Many2one(related="reminder_id.contact_id")
    phone = fields.Char(related="reminder_id.contact_phone")
    postal_text = fields.Char(related="reminder_id.postal_text")
    can_send = fields.Boolean(compute="_compute_can_send")
    street = fields.Char(compute="_compute_address", store=True, readonly=False)
    street2 = fields.Char(compute="_compute_address", store=True, readonly=False)
    zip = fields.Char(compute="_compute_address", store=True, readonly=False)
    city = fields.Char(compute="_compute_address", store=True, readonly=False)
    state_id = fields.Many2one(
        "res.country.state",
        compute="_compute_address",
        store=True,
        readonly=False,
        domain="[('country_id', '=?', country_id)]",
    )
    country_id = fields.Many2one(
        "res.country",
        compute="_compute_address",
        store=True,
        readonly=False,
    )
    source = fields.Char(
        string="Known from", help="A call, a register, the debtor's web site …"
    )

    @api.depends("reminder_id")
    def _compute_address(self):
        for wizard in self:
            contact = wizard.reminder_id.contact_id
            for name in PARTS:
                wizard[name] = contact[name]

    @api.depends("reminder_id")
    def _compute_can_send(self):
        for wizard in self:
            letter = wizard.reminder_id
            wizard.can_send = (
                letter.delivery_state == "bounced" and not letter.fallback_ids
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_save(self):
        """Keep the address that was put right."""
        self.ensure_one()
        self._save()
        return {"type": "ir.actions.act_window_close"}

    def action_send(self):
        """Keep the address, and send the letter anew."""
        self.ensure_one()
        letter = self.reminder_id
        self._save()
        letter.action_retry()
        return {"type": "ir.actions.act_window_close"}

    def action_right(self):
        """The address was right as it is."""
        self.ensure_one()
        self.reminder_id.action_address_right()
        return {"type": "ir.actions.act_window_close"}

    def _save(self):
        letter = self.reminder_id
        letter.check_access("write")
        # In sudo: collectors put addresses right, and may not edit partners as such.
        contact = letter.contact_id.sudo()
        if contact.company_id and contact.company_id != letter.company_id:
            raise UserError(self.env._("This contact belongs to another company."))
        before = self._one_line(contact)
        changed = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in PARTS
            if self[name] != contact[name]
        }
        if not changed:
            raise UserError(
                self.env._(
                    "The address is as it was. Put it right, or say that it is right."
                )
            )
        contact.write(changed)
        body = self.env._(
            "Address put right after %(letter)s came back: %(before)s → %(after)s. "
            "%(known_from)s",
            letter=letter.name,
            before=before,
            after=self._one_line(contact),
            known_from=self.source or "",
        )
        letter._message_log(body=body)
        contact._message_log(body=body)
        others = letter.search(
            [("address_check", "=", "open"), ("contact_id", "=", contact.id)]
        )
        (letter | others).action_address_right()

    def _one_line(self, contact):
        parts = [contact.street, contact.street2, contact.zip, contact.city]
        parts += [contact.state_id.name, contact.country_id.name]
        return ", ".join(part for part in parts if part) or "–"
