from odoo import fields, models

from .credit_promise import SOURCES

ANSWER_KINDS = [
    ("message", "Message"),
    ("paid", "Has paid already"),
    ("wrong_address", "Wrong address"),
    ("not_me", "Not the debtor"),
    ("question", "Question"),
]


class CreditAnswer(models.Model):
    """Something a debtor told, for a collector to read and answer.

    That it was paid already holds the reminders of the items, or of all if none is
    named, until ``hold_until`` or until somebody has handled the answer.
    """

    _name = "credit.answer"
    _description = "Debtor's Message"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Subject")
    kind = fields.Selection(
        ANSWER_KINDS, default="message", required=True, tracking=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner", string="Debtor", required=True, index=True
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="From",
        help="Who wrote: the answer goes to this contact.",
    )
    reminder_id = fields.Many2one(
        "credit.reminder",
        string="Answer to",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    item_ids = fields.Many2many(
        "account.move.line",
        "credit_answer_item_rel",
        "answer_id",
        "item_id",
        string="Items",
        help="What it is about; empty: the whole account.",
    )
    text = fields.Text()
    date = fields.Date(
        string="Received on",
        required=True,
        default=lambda self: self.env.company._credit_today(),
    )
    currency_id = fields.Many2one("res.currency")
    paid_date = fields.Date(string="Paid on", help="What the debtor says.")
    paid_amount = fields.Monetary(string="Amount paid", help="What the debtor says.")
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Attachments", bypass_search_access=True
    )
    hold_until = fields.Date(
        string="Holds reminders until",
        help="While the payment is looked for, its items are not reminded.",
    )
    state = fields.Selection(
        [("new", "New"), ("handled", "Handled")],
        default="new",
        required=True,
        tracking=True,
        copy=False,
    )
    source = fields.Selection(SOURCES, default="portal", required=True)
    user_id = fields.Many2one("res.users", string="Collector")
    handled_by = fields.Many2one("res.users", readonly=True, copy=False)
    handled_at = fields.Datetime(readonly=True, copy=False)

    _new_idx = models.Index("(company_id) WHERE state = 'new'")
