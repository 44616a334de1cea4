"""Taxes of a remittance as its bill has them, and what is kept of each line."""

from odoo import models

from odoo.addons.credit_management.models.credit_agreement import to_major
from odoo.addons.credit_management.models.credit_regime_resolution import to_minor

from ..engine import remittance as engine


class CreditRemittance(models.Model):
    _inherit = "credit.remittance"

    def _write_amounts(self, amounts):
        """Keep fees, their taxes and what is kept of each line.

        :param amounts: {line: fee in minor units}
        """
        currency = self.currency_id
        lines = self.line_ids.sorted(lambda line: (line.date, line.id))
        taxes = self._taxes({line: amounts.get(line, 0) for line in lines})
        made = engine.settle(
            engine.Row(
                to_minor(line.collected, currency),
                amounts.get(line, 0),
                taxes[line],
                line.mode,
            )
            for line in lines
        )
        for line, kept in zip(lines, made.kept, strict=True):
            values = {
                "fee": to_major(amounts.get(line, 0), currency),
                "tax": to_major(taxes[line], currency),
                "kept": to_major(kept, currency),
            }
            changed = {k: v for k, v in values.items() if line[k] != v}
            if changed:
                line.write(changed)

    def _taxes(self, amounts):
        """The tax on each line as the bill will have it: {line: minor units}.

        It is worked out by the engine that works out bills, so that both agree to the
        cent whatever way of rounding the company has.
        """
        tax_model = self.env["account.tax"].sudo()
        company = self.company_id.sudo()
        taxed = {line: fee for line, fee in amounts.items() if fee and line.tax_id}
        base_lines = [
            tax_model._prepare_base_line_for_taxes_computation(
                {},
                id=line.id,
                price_unit=to_major(fee, self.currency_id),
                quantity=1.0,
                currency_id=self.currency_id,
                company_id=company,
                partner_id=self.party_id,
                tax_ids=line.tax_id.sudo(),
            )
            for line, fee in taxed.items()
        ]
        tax_model._add_tax_details_in_base_lines(base_lines, company)
        tax_model._round_base_lines_tax_details(base_lines, company)
        found = dict.fromkeys(amounts, 0)
        for line, base in zip(taxed, base_lines, strict=True):
            found[line] = sum(
                to_minor(data["tax_amount_currency"], self.currency_id)
                for data in base["tax_details"]["taxes_data"]
            )
        return found
