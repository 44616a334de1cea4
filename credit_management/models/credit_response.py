"""What debtors tell, contest and agree on: whose it is, and where it came from."""

from odoo import fields, models

SOURCES = [
    ("portal", "Debtor's page"),
    ("phone", "Phone"),
    ("email", "E-mail"),
    ("collector", "Collector"),
]


class CreditResponseMixin(models.AbstractModel):
    """Something that came from a debtor, perhaps as the answer to a reminder."""

    _name = "credit.response.mixin"
    _description = "Response of a Debtor"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    source = fields.Selection(SOURCES, default="collector", required=True)
    reminder_id = fields.Many2one(
        "credit.reminder",
        string="Answer to",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )


class CreditClaimedMixin(models.AbstractModel):
    """A response about invoices: these say whose it is.

    The models define ``_compute_debtor``.
    """

    _name = "credit.claimed.mixin"
    _description = "Response about Invoices"
    _inherit = ["credit.response.mixin"]

    company_id = fields.Many2one(
        "res.company",
        compute="_compute_debtor",
        store=True,
        precompute=True,
        required=True,
        index=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        compute="_compute_debtor",
        store=True,
        precompute=True,
        required=True,
        index=True,
    )

    def _compute_debtor(self):
        """The company and the debtor, as the invoices say."""
        raise NotImplementedError
