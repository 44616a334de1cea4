from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .credit_limitation_rule import ACTS


class CreditLimitationAct(models.Model):
    """An act that may interrupt limitation or let it stand still, noted by hand.

    What the software knows by itself is not noted here: acknowledgements with a payment
    plan, payments in the books, and what the timeline of a case tells.
    """

    _name = "credit.limitation.act"
    _description = "Act on Limitation"
    _inherit = ["credit.house.mixin", "mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
    )
    kind = fields.Selection(ACTS, required=True, tracking=True)
    date = fields.Date(
        required=True,
        tracking=True,
        default=lambda self: self.env.company._credit_today(),
        help="When it was done: service counts on the day of service.",
    )
    date_end = fields.Date(
        string="Ended on",
        tracking=True,
        help="The last day of talks, mediation or a court's suspension. Empty: they "
        "still go on; the alarm stays where it is until then.",
    )
    item_ids = fields.Many2many(
        "account.move.line",
        "credit_limitation_act_item_rel",
        "act_id",
        "item_id",
        string="Items",
        domain="[('account_type', '=', 'asset_receivable'), "
        "('parent_state', '=', 'posted'), ('company_id', '=', company_id), "
        "('partner_id.commercial_partner_id', '=', partner_id)]",
        help="Empty: all claims on the debtor that there were on that day.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "credit_limitation_act_attachment_rel",
        "act_id",
        "attachment_id",
        string="Proof",
        bypass_search_access=True,
        help="What proves it: the deed, the receipt, the signed paper.",
    )
    note = fields.Text(string="In detail")
    active = fields.Boolean(default=True, tracking=True)
    effect_text = fields.Char(
        string="Effect", compute="_compute_effect_text", help="By the debtor's law."
    )

    _check_dates = models.Constraint(
        "CHECK (date_end IS NULL OR date_end >= date)", "It can't end before it begins."
    )

    @api.depends("kind", "date", "partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for act in self:
            act.display_name = " ".join(
                part
                for part in (labels.get(act.kind), act.partner_id.display_name)
                if part
            )

    @api.depends("kind", "partner_id")
    @api.depends_context("lang")
    def _compute_effect_text(self):
        rules = self.env["credit.limitation.rule"]._by_country()
        limitation = self.env["credit.limitation"]
        for act in self:
            country = act.partner_id.country_id or act.company_id.country_id
            rule = rules.get((country.id, act.kind))
            act.effect_text = limitation._effect_phrase(rule)

    @api.constrains("date", "attachment_ids")
    def _check_proof(self):
        for act in self:
            if act.date > act.company_id._credit_today():
                raise ValidationError(
                    self.env._("Date: an act counts once it has been done.")
                )
            if not act.attachment_ids:
                raise ValidationError(
                    self.env._("Proof: attach the document that proves the act.")
                )

    @api.constrains("partner_id", "company_id", "item_ids")
    def _check_items(self):
        for act in self.sudo():
            for item in act.item_ids:
                if (
                    item.company_id != act.company_id
                    or item.partner_id.commercial_partner_id != act.partner_id
                ):
                    raise ValidationError(
                        self.env._(
                            "Items: %(item)s is not of the debtor and the company.",
                            item=item.move_name,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        partners = self.env["res.partner"].browse(
            vals["partner_id"] for vals in vals_list if vals.get("partner_id")
        )
        debtors = {p.id: p.commercial_partner_id.id for p in partners}
        acts = super().create(
            [
                {**vals, "partner_id": debtors.get(vals.get("partner_id"))}
                for vals in vals_list
            ]
        )
        for act in acts:
            act.attachment_ids.filtered(lambda a: not a.res_id).write(
                {"res_model": act._name, "res_id": act.id}
            )
        acts._follow()
        return acts

    def write(self, vals):
        # EXTENDS base
        before = {(act.company_id, act.partner_id) for act in self}
        result = super().write(vals)
        if vals.keys() & {"kind", "date", "date_end", "item_ids", "active"} or (
            vals.keys() & {"partner_id", "company_id"}
        ):
            self._follow(before)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        raise ValidationError(
            self.env._("An act stays on record: archive it if it was noted by mistake.")
        )

    def _credit_proving(self):
        # EXTENDS mail.thread of credit_management
        return self

    def _follow(self, before=()):
        """Work out anew the limitation of the debtors' items.

        :param before: (company, debtor) of the acts before they changed
        """
        pairs = {(act.company_id, act.partner_id) for act in self} | set(before)
        limits = self.env["credit.limitation"].sudo()
        for company, debtor in pairs:
            limits._refresh(company, debtors=debtor)
