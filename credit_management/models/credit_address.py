"""E-mail addresses at which reminders came back."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

from ..engine import bounces

#: Hard bounces in a row after which an address is not used any more.
HARD_LIMIT = 2


class CreditAddress(models.Model):
    """What a company knows of an e-mail address that made trouble.

    Odoo's own counters don't serve: ``message_bounce`` of a contact counts a full
    mailbox and a mailing that came back like an address that is wrong, and keeps no
    reason; ``mail.blacklist`` is the wish of somebody not to be written to, and would
    stop the invoices as well. A record stands for the address, not for a contact: an
    address that is corrected is another one, about which nothing is known.
    """

    _name = "credit.address"
    _description = "E-mail Address that Came Back"
    _order = "date_bounce desc, id desc"
    _rec_name = "email"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    email = fields.Char(
        string="E-mail", required=True, readonly=True, help="In its normal form."
    )
    hard_count = fields.Integer(
        string="Came back for good",
        readonly=True,
        help="Times in a row that a mail server said that there is nobody at this "
        "address. After the second time it is not used any more.",
    )
    soft_count = fields.Integer(
        string="Came back for now",
        readonly=True,
        help="Times that a message did not arrive for another reason: a full mailbox, "
        "a server that was down, a filter. They say nothing of the address.",
    )
    date_bounce = fields.Datetime(string="Last time", readonly=True)
    status = fields.Char(
        string="Status code", readonly=True, help="As the mail server gave it."
    )
    reason = fields.Text(
        string="What the server said", readonly=True, help="The last time."
    )
    unusable = fields.Boolean(
        string="Not used any more",
        compute="_compute_unusable",
        store=True,
        help="Reminders go by the fallback channel of their step until the address "
        "is changed, or somebody says that it is right.",
    )
    confirmed_date = fields.Datetime(string="Declared right at", readonly=True)
    confirmed_user_id = fields.Many2one(
        "res.users", string="Declared right by", readonly=True
    )
    partner_ids = fields.Many2many(
        "res.partner", string="Contacts", compute="_compute_partner_ids"
    )

    _unique_email = models.UniqueIndex(
        "(company_id, email)", "The company knows this address already."
    )
    _unusable_idx = models.Index("(company_id, email) WHERE unusable")

    @api.depends("hard_count")
    def _compute_unusable(self):
        for address in self:
            address.unusable = address.hard_count >= HARD_LIMIT

    @api.depends("email")
    def _compute_partner_ids(self):
        partners = self.env["res.partner"].search(
            Domain("email_normalized", "in", self.mapped("email"))
        )
        by_email = partners.grouped("email_normalized")
        for address in self:
            address.partner_ids = by_email.get(address.email, partners.browse())

    # ------------------------------------------------------------------
    # What came back
    # ------------------------------------------------------------------

    @api.model
    def _count_bounce(self, company, email, bounce, proved=None):
        """Count what a mail server said of an address.

        :param str email: in any form; nothing is counted if it is none
        :param bounce: :class:`..engine.bounces.Bounce`, a hard or a soft one
        :param datetime proved: when somebody at the address last opened or answered a
            reminder, if ever: what came back before does not count
        :return: the address
        """
        address = self.sudo().browse()
        normal = email_normalize(email or "", strict=False)
        if not normal:
            return address
        own = Domain("company_id", "=", company.id) & Domain("email", "=", normal)
        address = address.search(own)
        if not address:
            address = address.create({"company_id": company.id, "email": normal})
        hard = bounce.kind == bounces.HARD
        before = address.hard_count
        if proved and address.date_bounce and proved > address.date_bounce:
            before = 0
        address.write(
            {
                "hard_count": before + hard,
                "soft_count": address.soft_count + (not hard),
                "date_bounce": fields.Datetime.now(),
                "status": bounce.status,
                "reason": bounce.text or address.reason,
            }
        )
        return address

    @api.model
    def _unusable_among(self, company, emails):
        """Which addresses of some are not used any more: {normal form: address}."""
        rows = self.env.execute_query(
            SQL(
                """SELECT email, id FROM credit_address
                    WHERE company_id = %s AND unusable AND email = ANY(%s)""",
                company.id,
                list(emails),
            )
        )
        return {email: self.browse(id_) for email, id_ in rows}

    @api.model
    def _prove(self, email):
        """Something came in from an address: somebody is there."""
        normal = email_normalize(email or "", strict=False)
        if normal:
            self.sudo().search(
                Domain("email", "=", normal) & Domain("hard_count", ">", 0)
            ).hard_count = 0

    def _unusable_text(self):
        """Why nothing is sent to the address, for the person who can mend it."""
        self.ensure_one()
        text = self.env._(
            "%(email)s is not used any more: e-mails came back %(count)s times. Change "
            "the address, or declare it right.",
            email=self.email,
            count=self.hard_count,
        )
        return f"{text} {self.reason}" if self.reason else text

    # ------------------------------------------------------------------
    # Mending
    # ------------------------------------------------------------------

    def action_confirm(self):
        """The address is right after all: it is used again, and counted anew."""
        self.check_access("write")
        self.sudo().write(
            {
                "hard_count": 0,
                "confirmed_date": fields.Datetime.now(),
                "confirmed_user_id": self.env.uid,
            }
        )
        for address in self:
            for partner in address.partner_ids.sudo():
                partner._message_log(
                    body=self.env._(
                        "%s was declared right: reminders go there again.",
                        address.email,
                    )
                )
        return True

    def action_view_partners(self):
        """Open whoever has the address, to change it."""
        self.ensure_one()
        return self.partner_ids._get_records_action(name=self.email)


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _block_notes(self, company, lines, reasons):
        # EXTENDS credit_management: which address is to be mended
        notes = super()._block_notes(company, lines, reasons)
        failed = lines.filtered(lambda line: reasons.get(line.id) == "failed")
        debtors = failed.partner_id.commercial_partner_id
        texts = debtors._credit_address_texts(company) if debtors else {}
        for line in failed:
            text = texts.get(line.partner_id.commercial_partner_id)
            if text:
                notes[line.id] = text
        return notes
