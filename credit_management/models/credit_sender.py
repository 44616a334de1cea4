"""In whose name a step of a policy leaves."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize, formataddr


class CreditSender(models.Model):
    """Who a debtor hears from: the company, a colleague, or a third party.

    A claim is the creditor's, and letters leave in its name. In France whoever
    collects for somebody else, were it once, acts by a written mandate and says so
    (art. R124-1 to R124-7 of the code of civil enforcement procedures, as read in
    2026); other countries ask for much the same. So another name than the company's
    stands on a message only with the words of its mandate.
    """

    _name = "credit.sender"
    _description = "Sender of Reminders"
    _order = "sequence, name, id"

    name = fields.Char(required=True, help="For those who choose it.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        help="Empty: for the steps of every company.",
    )
    kind = fields.Selection(
        [
            ("company", "The company, by an address of its own"),
            ("user", "A colleague"),
            ("third", "A third party"),
        ],
        required=True,
        default="company",
        help="Without a sender the collector of the debtor writes, else the company.",
    )
    user_id = fields.Many2one(
        "res.users", string="Colleague", domain=[("share", "=", False)]
    )
    partner_id = fields.Many2one("res.partner", string="Third party")
    third_mode = fields.Selection(
        [
            ("silent", "Silently, in the company's name"),
            ("named", "In its own name"),
        ],
        default="silent",
        string="How it writes",
        help="Silently: the company's name and letterhead, the third party's address, "
        "telephone and e-mail. In its own name: its letterhead, with the mandate.",
    )
    email = fields.Char(
        compute="_compute_contact", store=True, readonly=False, precompute=True
    )
    phone = fields.Char(
        compute="_compute_contact", store=True, readonly=False, precompute=True
    )
    title = fields.Char(
        translate=True, help="Stands below the name, as in “Accounts receivable”."
    )
    logo = fields.Image(max_width=600, max_height=160)
    footer = fields.Char(
        translate=True,
        help="What the third party's letters say at their foot: its number in the "
        "register, its insurance.",
    )
    mandate_text = fields.Char(
        string="Mandate",
        translate=True,
        help="How the message says by what right the third party writes, as in "
        "“by mandate of 3 March 2026”. Without it, its name stands on nothing.",
    )
    reply_mode = fields.Selection(
        [
            ("thread", "To the reminder, here"),
            ("sender", "To the sender's own address"),
        ],
        required=True,
        default="thread",
        string="Replies go",
        help="A reply that comes here stops the next step and waits in the worklist. "
        "One that goes elsewhere is not known here: it stops nothing.",
    )

    @api.depends("kind", "user_id", "partner_id", "company_id")
    def _compute_contact(self):
        for sender in self:
            source = sender.company_id.partner_id
            if sender.kind == "user":
                source = sender.user_id.partner_id
            elif sender.kind == "third":
                source = sender.partner_id
            # One for every company keeps what somebody wrote.
            sender.email = source.email or sender.email
            sender.phone = source.phone or sender.phone

    @api.constrains(
        "kind", "user_id", "partner_id", "third_mode", "mandate_text", "email"
    )
    def _check_kind(self):
        for sender in self:
            if sender.kind == "user" and not sender.user_id:
                raise ValidationError(
                    self.env._("Sender “%s”: say which colleague.", sender.name)
                )
            if sender.kind == "third" and not sender.partner_id:
                raise ValidationError(
                    self.env._("Sender “%s”: say which third party.", sender.name)
                )
            if sender._is_named() and not (sender.mandate_text or "").strip():
                raise ValidationError(
                    self.env._(
                        "Sender “%s”: a third party writes in its own name by a "
                        "mandate only. Say how the messages name it.",
                        sender.name,
                    )
                )
            if not email_normalize(sender.email or "", strict=False):
                raise ValidationError(
                    self.env._("Sender “%s”: a valid e-mail address.", sender.name)
                )

    @api.constrains("company_id")
    def _check_company(self):
        steps = self.env["credit.policy.step"].sudo()
        steps.search([("sender_id", "in", self.ids)])._check_sender()

    def _is_named(self):
        """Whether another name than the company's stands on the messages."""
        return self.kind == "third" and self.third_mode == "named"

    def _email_from(self, company):
        """The address that a message comes from, with its name."""
        self.ensure_one()
        if self.kind == "third" and not self._is_named():
            # Nothing gives the third party away, nor does it write by our server.
            return company.email_formatted
        name = company.name
        if self.kind == "user":
            name = self.user_id.name
        elif self.kind == "third":
            name = self.partner_id.name
        return formataddr((name, email_normalize(self.email, strict=False)))

    def _reply_to(self, company):
        """Where replies go, if not to the reminder's thread."""
        self.ensure_one()
        if self.reply_mode != "sender":
            return False
        named = self.kind != "third" or self._is_named()
        name = self.partner_id.name if self._is_named() else company.name
        if self.kind == "user":
            name = self.user_id.name
        address = email_normalize(self.email, strict=False)
        return formataddr((name, address)) if named else address


class CreditPolicyStep(models.Model):
    _inherit = "credit.policy.step"

    sender_id = fields.Many2one(
        "credit.sender",
        index="btree_not_null",
        ondelete="restrict",
        domain="['|', ('company_id', '=', False),"
        " ('company_id', 'parent_of', company_id)]",
        help="In whose name the step leaves. Empty: the debtor's collector, else the "
        "company.",
    )

    @api.constrains("sender_id", "policy_id")
    def _check_sender(self):
        for step in self:
            owner = step.sender_id.company_id
            company = step.policy_id.company_id
            if owner and (not company or owner not in company.sudo().parent_ids):
                raise ValidationError(
                    self.env._(
                        "Step “%(step)s”: the sender “%(sender)s” is that of another "
                        "company.",
                        step=step.name,
                        sender=step.sender_id.name,
                    )
                )
