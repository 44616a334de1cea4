"""Reminders with their texts in three languages, and an account to pay to."""

from lxml import html

from odoo.fields import Command

from .charges_common import SIREN
from .common import TODAY, CreditCommon


class ContentCommon(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        langs = ["fr_FR", "nl_NL"]
        for lang in ["en_US", *langs]:
            cls.env["res.lang"]._activate_lang(lang)
        cls.env["ir.module.module"]._load_module_terms(["credit_management"], langs)
        cls.bank = cls.make_bank()
        # Proven businesses: whoever is not is told what was sold.
        (cls.debtor | cls.debtor_b).company_registry = SIREN
        cls.first = cls.env.ref("credit_management.credit_step_courteous_first")
        cls.notice = cls.env.ref(
            "credit_management.credit_step_courteous_formal_notice"
        )

    @classmethod
    def make_reminder(cls, moves, step=None, **values):
        """A reminder of the open items of ``moves``, as a run would propose it."""
        step = step or cls.first
        items = cls.items(moves)
        residual = sum(items.mapped("amount_residual_currency"))
        charges = ("amount_interest", "amount_indemnity", "amount_fee")
        total = residual - values.get("amount_credit", 0)
        total += sum(values.get(name, 0) for name in charges)
        return cls.env["credit.reminder"].create(
            {
                **cls.reminder_values(moves[0], step),
                "state": "queued",
                "date": TODAY,
                "amount_residual": residual,
                "amount_total": total,
                "line_ids": [
                    Command.create(
                        {
                            "move_line_id": item.id,
                            "step_id": step.id,
                            "currency_id": item.currency_id.id,
                            "amount_residual": item.amount_residual_currency,
                            "days_overdue": (TODAY - item.date_maturity).days,
                        }
                    )
                    for item in items
                ],
                **values,
            }
        )

    def rows(self, markup):
        """The texts of a table, row by row."""
        return [
            [" ".join(cell.text_content().split()) for cell in row.iter("td")]
            for row in html.fragment_fromstring(markup, create_parent="div").iter("tr")
        ]

    def values_of(self, reminder):
        values = reminder._email_values()[reminder.id]
        if isinstance(values, Exception):
            raise values
        return values
