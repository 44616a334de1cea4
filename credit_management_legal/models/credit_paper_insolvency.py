"""The claim in an insolvency on paper: what its record says, item by item."""

from odoo import models

from odoo.addons.credit_management.engine.regime import INTEREST
from odoo.addons.credit_management.models.credit_regime_resolution import to_minor

from ..report import paper_words as words

#: Columns of a line beside its principal, with the words at their heads.
COLUMNS = {"interest": "interest_short", "charges": "charges", "costs": "costs"}
#: What is taken off the principal, each with a sum of its own below the table.
OFF = ("set_off", "held")


class CreditInsolvency(models.Model):
    _inherit = "credit.insolvency"

    def _lines_of(self, company):
        """What a company declares: the lines that are kept, or those that would be.

        :return: (``credit.insolvency.line`` records, which may be new ones; sentences
            that name rates without which interest can't be reckoned)
        """
        self.ensure_one()
        lines, missing = self.line_ids.filtered(lambda x: x.company_id == company), []
        if not lines:
            vals_list, _left_out, missing = self._line_values(company)
            lines = lines.concat(*(lines.new(vals) for vals in vals_list))
        return lines.sorted(lambda x: (x.currency_id.name, x.date_due)), missing


class CreditCase(models.Model):
    _inherit = "credit.case"

    def _paper_declaration(self, lang):
        """The claim that is declared in the insolvency of the debtor.

        All that the creditor has to declare, in this case or not, since it declares
        once. What is in another currency is in that of the case at the rate of the day
        of the opening (France: L622-25 C. com.).

        :return: dict as of :meth:`_paper_claim`
        """
        self.ensure_one()
        case = self.sudo()
        # A day that somebody noted on the debtor may have no record.
        record = case.insolvency_id or case.env["credit.insolvency"].new(
            {
                "partner_id": case.partner_id.id,
                "company_id": case.company_id.id,
                "date_opened": case.insolvency_day,
            }
        )
        lines, missing = record._lines_of(case.company_id)
        day = record.date_opened
        # Credits that are set off are no claims.
        items = lines.filtered(lambda line: line.principal >= 0).move_line_id
        statements = []
        if items:
            calculation = case.env["credit.calculation"].with_company(case.company_id)
            calculation = calculation.with_context(credit_opened=day)
            statements = calculation._statements(items, day, frozenset((INTEREST,)))
        amounts = {line: case._paper_declared(line, day) for line in lines}
        sums = {
            name: sum(parts[name] for parts in amounts.values())
            for name in ("principal", *COLUMNS, "total", *OFF)
        }
        columns = [
            name for name in COLUMNS if any(parts[name] for parts in amounts.values())
        ]
        day_text = words.short_day(self._paper_last_day(day, statements), lang)
        return {
            "items": items,
            "columns": [words.word(COLUMNS[name], lang) for name in columns],
            "rows": case._paper_declared_rows(amounts, columns, statements, lang),
            "sums": [
                (
                    words.word(name, lang, day=day_text),
                    case._paper_money(sums[name], lang),
                )
                for name in ("principal", *columns, *OFF)
                if name not in OFF or sums[name]
            ],
            "total": sums["total"],
            "total_text": case._paper_money(sums["total"], lang),
            "missing": missing,
            "rates": self._paper_rates(statements),
            "further": case._paper_further(day, lang, statements, 0),
        }

    def _paper_declared(self, line, day):
        """The parts of a line and its total, in minor units of the case's currency."""

        def minor(name):
            amount = line.currency_id._convert(
                line[name], self.currency_id, line.company_id, day
            )
            return to_minor(amount, self.currency_id)

        parts = {name: minor(name) for name in ("total", *COLUMNS)}
        # Whatever is rounded in another currency, the total is that of the record.
        rest = parts["total"] - sum(parts[name] for name in COLUMNS)
        kind = line._taken_off() or "principal"
        return {**parts, "principal": 0, **dict.fromkeys(OFF, 0), kind: rest}

    def _paper_declared_rows(self, amounts, columns, statements, lang):
        """The rows of the table, one for each line: list of dicts of texts.

        :param dict amounts: {line: see :meth:`_paper_declared`}
        """
        entries = {e.record: e for made in statements for e in made.entries}
        items = self.env["credit.insolvency.line"].concat(*amounts).move_line_id
        descriptions = self._paper_descriptions(items)

        def cell(amount):
            return self._paper_money(amount, lang) if amount else "–"

        rows = []
        for line, parts in amounts.items():
            item = line.move_line_id
            currency, entry = item.currency_id, entries.get(item)
            off = line._taken_off()
            rows.append(
                {
                    "name": line.name,
                    "description": words.word(off, lang)
                    if off
                    else descriptions.get(item.move_id.id, ""),
                    "date": words.short_day(line.date_invoice, lang),
                    "due": words.short_day(line.date_due, lang),
                    "amount": words.money(
                        to_minor(item.amount_currency, currency),
                        currency.name,
                        currency.decimal_places,
                        lang,
                        currency.position,
                    )
                    if item
                    else "–",
                    "open": cell(parts["principal"] + sum(parts[x] for x in OFF)),
                    "charges": [
                        (
                            cell(parts[name]),
                            self._paper_since(entry, lang)
                            if entry and name == INTEREST
                            else "",
                        )
                        for name in columns
                    ],
                    "total": self._paper_money(parts["total"], lang),
                }
            )
        return rows
