"""Two wordings of a step beside each other."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, formatLang

from ..engine import proportions

#: Days that debtors are given before a reminder counts as paid or not.
PAID_DAYS = 15


class CreditEffectVariant(models.Model):
    """What came of the first and the second wording of a step, by channel.

    Reminders that came back or could not be sent are left out: nobody read them. The
    shares are those of reminders, the interval is the one of
    :func:`..engine.proportions.difference`.
    """

    _name = "credit.effect.variant"
    _description = "Comparison of Wordings"
    _auto = False
    _order = "step_id, channel"
    _rec_name = "step_id"

    company_id = fields.Many2one("res.company", readonly=True)
    step_id = fields.Many2one("credit.policy.step", readonly=True)
    channel = fields.Selection(
        selection=lambda self: self.env["credit.policy.step"]._selection_channel(),
        readonly=True,
    )
    sent_a = fields.Integer(string="Sent: A", readonly=True)
    sent_b = fields.Integer(string="Sent: B", readonly=True)
    answered_a = fields.Integer(string="Answered: A", readonly=True)
    answered_b = fields.Integer(string="Answered: B", readonly=True)
    ripe_a = fields.Integer(
        string="Long enough ago: A",
        readonly=True,
        help="Sent at least 15 days ago: whether they were paid in time is known.",
    )
    ripe_b = fields.Integer(string="Long enough ago: B", readonly=True)
    paid_a = fields.Integer(
        string="Paid: A", readonly=True, help="In full within 15 days."
    )
    paid_b = fields.Integer(string="Paid: B", readonly=True)
    answered_text = fields.Char(
        string="Answered, B against A", compute="_compute_texts"
    )
    answered_sure = fields.Boolean(compute="_compute_texts")
    paid_text = fields.Char(string="Paid, B against A", compute="_compute_texts")
    paid_sure = fields.Boolean(compute="_compute_texts")

    @property
    def _table_query(self):
        self.env.flush_all()
        companies = self.env.companies
        firms = SQL(", ").join(
            SQL(
                "(%s, %s::date)",
                company.id,
                company._credit_today() - timedelta(days=PAID_DAYS),
            )
            for company in companies
        )
        measures = {
            "sent": SQL("TRUE"),
            "answered": SQL("effect.answered = 1"),
            "ripe": SQL("effect.date <= firm.ripe"),
            "paid": SQL("effect.date <= firm.ripe AND effect.settled_15 = 1"),
        }
        return SQL(
            """SELECT MIN(effect.id) AS id, effect.company_id, effect.step_id,
                      effect.channel, %(measures)s
                 FROM (%(effect)s) effect
                 JOIN (VALUES %(firms)s) firm (id, ripe)
                   ON firm.id = effect.company_id
                WHERE effect.variant IS NOT NULL AND effect.sent = 1
                  AND effect.bounced = 0
                GROUP BY effect.company_id, effect.step_id, effect.channel""",
            measures=SQL(", ").join(
                SQL(
                    "COUNT(*) FILTER (WHERE effect.variant = %s AND %s) AS %s",
                    variant,
                    condition,
                    SQL.identifier(f"{name}_{variant}"),
                )
                for name, condition in measures.items()
                for variant in ("a", "b")
            ),
            effect=self.env["credit.effect.report"]._effect_sql(companies),
            firms=firms,
        )

    @api.depends_context("lang")
    @api.depends("sent_a", "sent_b", "answered_a", "answered_b", "paid_a", "paid_b")
    def _compute_texts(self):
        for row in self:
            row.answered_text, row.answered_sure = row._compare(
                row.answered_a, row.sent_a, row.answered_b, row.sent_b
            )
            row.paid_text, row.paid_sure = row._compare(
                row.paid_a, row.ripe_a, row.paid_b, row.ripe_b
            )

    def _compare(self, hits_a, total_a, hits_b, total_b):
        """How the shares differ, as one would say it, and whether that is sure.

        :return: (text, bool)
        """
        _ = self.env._
        if not total_a or not total_b:
            return _("Nothing to compare yet"), False
        found = proportions.difference(hits_a, total_a, hits_b, total_b)
        points = {
            name: self._signed(value * 100)
            for name, value in (
                ("value", found.value),
                ("low", found.low),
                ("high", found.high),
            )
        }
        text = _("%(value)s points (95 %%: %(low)s to %(high)s)", **points)
        if not found.is_sure:
            text = _("%s, may be chance", text)
        # A difference says little to who does not see of how many.
        text = _(
            "%(hits_b)s of %(total_b)s against %(hits_a)s of %(total_a)s: "
            "%(difference)s",
            hits_b=hits_b,
            total_b=total_b,
            hits_a=hits_a,
            total_a=total_a,
            difference=text,
        )
        return text, found.is_sure

    def _signed(self, points):
        """Points with their sign, as the user's language writes numbers."""
        sign = "\N{MINUS SIGN}" if points < 0 else "+"
        return sign + formatLang(self.env, abs(points), digits=1)


class CreditPolicyStep(models.Model):
    _inherit = "credit.policy.step"

    variant_result = fields.Text(
        string="What came of them",
        compute="_compute_variant_result",
        help="The second wording against the first: points of the share of reminders "
        "that were answered, and of those paid in full within 15 days.",
    )

    @api.depends("variant_percent")
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_variant_result(self):
        rows = self.env["credit.effect.variant"].search(
            Domain("step_id", "in", self._origin.ids)
        )
        by_step = rows.grouped("step_id")
        channels = dict(self._selection_channel())
        for step in self:
            step.variant_result = "\n".join(
                self.env._(
                    "%(channel)s – answered: %(answered)s; paid: %(paid)s",
                    channel=channels.get(row.channel, row.channel),
                    answered=row.answered_text,
                    paid=row.paid_text,
                )
                for row in by_step.get(step._origin, rows.browse())
            )
