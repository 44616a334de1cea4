"""What a plan is once it is agreed on: not late, on paper, acknowledged as it is.

An acknowledgement of debt is of the instalments that the debtor saw. Once they are
others it proves nothing any more, so it is taken off the plan; its words stay in the
history.
"""

from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError

from ..engine import plans

#: What a debtor accepted, and when and from where.
ACCEPTED = frozenset(
    (
        "accepted_name",
        "accepted_date",
        "accepted_ip",
        "acknowledgement_html",
        "acknowledgement_id",
    )
)


class CreditPlan(models.Model):
    _inherit = "credit.plan"

    def write(self, vals):
        # EXTENDS base: what was acknowledged were other instalments
        if not self.env.su and vals.keys() & ACCEPTED:
            self._check_accepted()
        acknowledged = self.browse()
        if "line_ids" in vals:
            acknowledged = self.filtered(
                lambda plan: (
                    plan.state == "requested" and plan.accepted_name and plan.line_ids
                )
            )
        before = {plan: plan._instalments() for plan in acknowledged}
        result = super().write(vals)
        for plan, instalments in before.items():
            if plan._instalments() != instalments:
                plan._drop_acknowledgement()
        return result

    def _check_accepted(self):
        """
        :raise UserError: if what a debtor accepted would be rewritten
        """
        for plan in self:
            if plan.accepted_name or plan.sudo().acknowledgement_id:
                raise UserError(
                    self.env._(
                        "What was agreed on in %s is evidence: it stays as it is.",
                        plan.name,
                    )
                )

    def _instalments(self):
        """Day and amount, in minor units, of each instalment in order."""
        self.ensure_one()
        lines = self.line_ids.sorted(lambda line: (line.date, line.sequence))
        return [(line.date, self._minor(line.amount)) for line in lines]

    def _drop_acknowledgement(self):
        """Take the acknowledgement off the plan; what it said stays in the history."""
        self.ensure_one()
        said = self._in_house().env._(
            "%(name)s had acknowledged other instalments (%(moment)s): the "
            "acknowledgement does not stand for these.",
            name=self.accepted_name,
            moment=self._accepted_text(),
        )
        html = Markup("<p>%s</p>%s") % (said, Markup(self.acknowledgement_html or ""))
        self.sudo()._message_log(body=html)
        self.sudo().write(
            {
                "accepted_name": False,
                "accepted_date": False,
                "accepted_ip": False,
                "acknowledgement_html": False,
            }
        )

    def _check_not_late(self):
        """Refuse a plan of which an instalment that is not paid lies in the past."""
        for plan, paid in self._paid_sums().items():
            today = plan.company_id._credit_today()
            if plans.late_at_start(plan._instalments(), paid, today):
                raise UserError(
                    self.env._(
                        "An instalment of %s that is not paid lies in the past. Choose "
                        "another first day, and show the instalments again.",
                        plan.name,
                    )
                )

    def _file_schedule(self):
        """Keep the instalments as a PDF with the plan, in the debtor's language: with
        the words by which the debt was acknowledged, if it was.

        In sudo: whoever accepts a plan need not be allowed to attach anything to it.
        """
        report = self.env.ref("credit_management.action_report_acknowledgement")
        for plan in self:
            localized = report.sudo().with_context(lang=plan._contact_lang())
            content, _kind = localized._render_qweb_pdf(report, plan.ids)
            plan.sudo().acknowledgement_id = (
                self.env["ir.attachment"]
                .sudo()
                .create(
                    {
                        "name": f"{plan.name}.pdf".replace("/", "-"),
                        "raw": content,
                        "res_model": plan._name,
                        "res_id": plan.id,
                    }
                )
            )
