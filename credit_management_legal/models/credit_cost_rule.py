from odoo import api, fields, models

from odoo.addons.credit_management.models.credit_regime import CONFIDENCE

PROOF, TITLE, SCALE = "proof", "title", "scale"


class CreditCostRule(models.Model):
    """Whether costs of collection may be added to the claim under a legal regime.

    Where there is no rule for a regime, its own basis for collection costs is told, and
    costs are claimed on proof only.
    """

    _name = "credit.cost.rule"
    _description = "Rule on Costs of Collection"
    _inherit = ["credit.article.mixin"]
    _order = "regime_code"
    _rec_name = "regime_code"

    regime_code = fields.Char(
        required=True, help="Code of the legal regime, all versions of it."
    )
    claimable = fields.Selection(
        [
            (PROOF, "What was really spent, on proof"),
            (TITLE, "Only with an enforceable title"),
            (SCALE, "Without an enforceable title by the scale of the law only"),
        ],
        string="May be claimed",
        default=PROOF,
        required=True,
    )
    contract_allowed = fields.Boolean(
        string="Unless agreed otherwise",
        help="An agreement with the debtor may say otherwise.",
    )
    costs_first = fields.Boolean(
        string="Costs are paid first",
        help="A part payment goes to costs, then to interest, then to the principal.",
    )
    article = fields.Char(required=True)
    confidence = fields.Selection(CONFIDENCE, default="memory", required=True)
    source = fields.Char(help="Where it was read, and when.")
    note = fields.Text(translate=True)

    _regime_unique = models.Constraint(
        "UNIQUE(regime_code)", "A regime has one rule on costs."
    )

    @api.depends("regime_code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        # EXTENDS base: the name of the regime, of its last version
        regimes = self.env["credit.regime"].sudo().with_context(active_test=False)
        regimes = regimes.search(
            [("code", "in", self.mapped("regime_code"))],
            order="active, date_from nulls first, id",
        )
        # Of several versions the last one counts.
        names = {regime.code: regime.name for regime in regimes}
        for rule in self:
            rule.display_name = names.get(rule.regime_code, rule.regime_code)

    @api.model
    def _of(self, regime):
        """The rule for a regime, as plain values.

        :param regime: a ``credit.regime`` record, or none
        :return: dict with ``claimable``, ``contract_allowed``, ``costs_first``,
            ``article``, ``confidence`` and ``note``
        """
        rule = self.sudo().search([("regime_code", "=", regime.code or "")], limit=1)
        if rule:
            return {
                "claimable": rule.claimable,
                "contract_allowed": rule.contract_allowed,
                "costs_first": rule.costs_first,
                "article": rule.article,
                "confidence": rule.confidence,
                "note": rule.note or "",
            }
        basis = regime.sudo().basis_ids.filtered(lambda b: b.topic == "cost")[:1]
        return {
            "claimable": PROOF,
            "contract_allowed": False,
            "costs_first": False,
            "article": basis.article or "",
            "confidence": basis.confidence or "memory",
            "note": basis.note or "",
        }
