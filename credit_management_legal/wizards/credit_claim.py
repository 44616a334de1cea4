"""The claim at a date for a case: with its costs, and what the third party received."""

from odoo import api, fields, models

from odoo.addons.credit_management.models.credit_agreement import to_major
from odoo.addons.credit_management.report.wording import day_text

from ..engine import claim


class CreditClaim(models.TransientModel):
    _inherit = "credit.claim"

    case_id = fields.Many2one("credit.case", readonly=True)
    case_working = fields.Html(
        string="Working", compute="_compute_case_working", sanitize=False
    )

    @api.depends("case_id", "date")
    def _compute_case_working(self):
        for wizard in self:
            wizard.case_working = False
            if wizard.case_id and wizard.date:
                wizard.case_working = self.env["ir.qweb"]._render(
                    "credit_management_legal.case_claim",
                    wizard._case_values(self.env["credit.calculation"]),
                )

    def _statements(self):
        # EXTENDS credit_management: what the third party received bears no interest
        self.ensure_one()
        if not self.case_id:
            return super()._statements()
        wizard = self.with_context(
            credit_case_reported=self.case_id.ids, credit_given_up=True
        )
        statements = super(CreditClaim, wizard)._statements()
        # Charges and costs of the case are told apart, whatever else is carried, and so
        # is what stands on debit notes for them.
        case = self.case_id.sudo()
        documents = case._charge_documents()
        for made in statements:
            made.entries = [e for e in made.entries if e.record not in documents]
            if made.carried:
                made.carried -= case._charges().with_env(made.carried.env)
        return statements

    @api.model
    def _shown(self, made, unmatched, calculation):
        # EXTENDS credit_management: costs in the claim, and payments beside the items
        values = super()._shown(made, unmatched, calculation)
        if not self.case_id:
            return values
        money = calculation._money_of(made.currency)
        case = self.case_id.sudo()
        lines = case._charge_lines(self.date, items=False)
        lines += case._reported_lines(self.date)
        rows = [
            (calculation._case_line_text(line), line.amount)
            for line in lines
            if line.amount
        ]
        stated = case._items()
        separate = case._charges().filtered(
            lambda charge: (
                charge.move_line_id in stated
                and charge.state == "booked"
                and charge.date <= self.date
            )
        )
        for charge, (_total, open_) in case._booked_shares(separate, self.date).items():
            if open_:
                name = charge.with_env(calculation.env).display_name
                label = calculation.env._("%s, invoiced separately", name)
                rows.append((label, open_))
        amount, taken_off = unmatched
        total = made.total + sum(amount for _label, amount in rows)
        rows = [{"label": label, "amount": money(amount)} for label, amount in rows]
        if taken_off:
            total -= amount
        values["extra"] = rows + values.get("extra", [])
        values["total"] = money(max(total, 0))
        values["case_working"] = self._case_values(calculation)
        return values

    def _case_values(self, calculation):
        """What the page of the working shows, in the language of ``calculation``."""
        self.ensure_one()
        case = self.case_id.with_env(calculation.env)
        made = case._claim_at(self.date)
        money = calculation._money_of(case.currency_id)
        return {
            "case": case,
            "order": case.allocation_text,
            "lines": [
                {
                    "day": day_text(calculation.env, line.first) if line.first else "",
                    "text": calculation._case_line_text(line),
                    "note": calculation._case_line_note(line, money),
                    "amount": money(line.amount),
                }
                for line in made["working"]
            ],
            "sums": [
                {"label": label, "amount": money(sign * made[name])}
                for name, label, sign in calculation._case_sums()
                if made[name]
            ],
            "total": money(made["total"]),
        }


class CreditCalculation(models.AbstractModel):
    _inherit = "credit.calculation"

    @api.model
    def _case_sums(self):
        """The sums below the working: (name, label, sign)."""
        _ = self.env._
        return [
            ("principal", _("Principal"), 1),
            ("interest", _("Interest"), 1),
            ("charges", _("Charges"), 1),
            ("costs", _("Costs"), 1),
            ("paid", _("Paid"), -1),
            ("overpaid", _("Paid too much"), 1),
        ]

    @api.model
    def _case_line_text(self, line):
        """What a line of the working is about."""
        _ = self.env._
        name = line.name
        if line.kind == claim.PRINCIPAL or line.code == "charge":
            return name
        if line.kind == claim.CREDIT or line.code == "credited":
            return _("Credit note on %s", name)
        if line.kind == claim.PAYMENT:
            if line.code == "reported":
                return _("Payment that the third party has: %s", name)
            return _("Payment on %s", name)
        if line.kind == claim.INTEREST:
            if line.code.endswith("_waived"):
                return _("Interest on %s, waived", name)
            if line.code:
                return _("Interest on %s, claimed before", name)
            return _("Interest on %s", name)
        if line.code == "tax":
            return _("Tax on %s", name)
        if line.code:
            kind, _sep, what = line.code.partition("_")
            label = self.env["credit.charge"]._kind_label(kind)
            texts = {
                "": _("%(charge)s on %(item)s", charge=label, item=name),
                "before": _(
                    "%(charge)s on %(item)s, claimed before", charge=label, item=name
                ),
                "waived": _("%(charge)s on %(item)s, waived", charge=label, item=name),
            }
            return texts[what]
        return name

    @api.model
    def _case_line_note(self, line, money):
        """How a line was reckoned, or what a payment went to."""
        _ = self.env._
        if line.base:
            return _(
                "until %(last)s: %(days)s of %(year)s days at %(percent)s on %(base)s",
                last=day_text(self.env, line.last),
                days=line.days,
                year=line.year_days,
                percent=self.env["credit.regime"]._percent_text(line.percent),
                base=money(line.base),
            )
        if line.paid:
            names = {
                "costs": _("costs"),
                "interest": _("interest"),
                "charges": _("charges"),
                "principal": _("principal"),
            }
            parts = [
                f"{money(amount)} {names[kind]}"
                for kind, amount in line.paid.items()
                if amount
            ]
            return ", ".join(parts)
        return ""


class CreditCase(models.Model):
    _inherit = "credit.case"

    amount_claim = fields.Monetary(
        string="Owed today",
        compute="_compute_amount_claim",
        compute_sudo=True,
        help="Principal, interest, charges and costs of today, less what was paid to "
        "us or, as far as we have accepted it, to the third party.",
    )
    claim_text = fields.Text(
        string="Of which", compute="_compute_amount_claim", compute_sudo=True
    )

    @api.depends_context("lang")
    def _compute_amount_claim(self):
        calculation = self.env["credit.calculation"]
        for case in self:
            made = case._claim_at(case.company_id._credit_today())
            case.amount_claim = to_major(made["total"], case.currency_id)
            money = calculation._money_of(case.currency_id)
            rows = [
                self.env._(
                    "%(label)s: %(value)s", label=label, value=money(sign * made[name])
                )
                for name, label, sign in calculation._case_sums()
                if made[name]
            ]
            case.claim_text = "\n".join(rows + made["missing"])

    def action_claim(self):
        # EXTENDS credit_management_legal: with costs, and what the third party has
        self.ensure_one()
        return self.env["credit.claim"]._open(self._items(), case_id=self.id)
