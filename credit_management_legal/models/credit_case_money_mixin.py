from odoo import api, fields, models


class CreditCaseMoneyMixin(models.AbstractModel):
    """Money that came in or was spent in a case, reported or noted by hand.

    It stays with the third party that had the case at that time, whoever has it later.
    """

    _name = "credit.case.money.mixin"
    _description = "Money in a Credit Case"
    _inherit = ["mail.thread"]

    case_id = fields.Many2one(
        "credit.case", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="case_id.company_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(related="case_id.partner_id")
    party_id = fields.Many2one(
        "res.partner",
        string="Third party",
        compute="_compute_party_id",
        store=True,
        precompute=True,
        index=True,
        help="Who had the case when it was noted: only they hand it on, or bill it.",
    )
    event_id = fields.Many2one(
        "credit.case.event",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Where it stands on the timeline.",
    )
    refuse_reason = fields.Char(string="Refused because", copy=False, tracking=True)

    @api.depends("case_id")
    def _compute_party_id(self):
        for record in self:
            record.party_id = record.case_id.party_id
