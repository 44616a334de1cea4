"""What is declared in an insolvency: the claims as they stood at its opening."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, format_date

from odoo.addons.credit_management.engine.regime import CHARGES, FEE, INTEREST
from odoo.addons.credit_management.models.credit_agreement import to_major
from odoo.addons.credit_management.models.credit_regime_resolution import to_minor


class CreditInsolvencyLine(models.Model):
    """One item, frozen at the day of the opening, in its currency.

    ``principal`` is what was open at the end of that day; ``interest`` runs until the
    day before. They stay as they were declared, whatever is paid afterwards.
    """

    _name = "credit.insolvency.line"
    _description = "Claim in an Insolvency"
    _order = "company_id, currency_id, date_due, id"

    insolvency_id = fields.Many2one(
        "credit.insolvency", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True)
    move_line_id = fields.Many2one(
        "account.move.line", string="Item", index="btree_not_null", ondelete="set null"
    )
    name = fields.Char(string="Invoice", required=True)
    date_invoice = fields.Date(string="Date")
    date_due = fields.Date(string="Due date")
    principal = fields.Monetary()
    interest = fields.Monetary(string="Interest until the opening")
    charges = fields.Monetary(string="Other charges")
    total = fields.Monetary(compute="_compute_total", store=True, precompute=True)

    @api.depends("principal", "interest", "charges")
    def _compute_total(self):
        for line in self:
            line.total = line.principal + line.interest + line.charges


class CreditInsolvency(models.Model):
    _inherit = "credit.insolvency"

    line_ids = fields.One2many("credit.insolvency.line", "insolvency_id", copy=False)
    date_frozen = fields.Datetime(string="Worked out at", readonly=True, copy=False)
    totals_text = fields.Text(
        string="To declare",
        compute="_compute_totals_text",
        help="Each company and currency of its own: what was open at the opening, with "
        "interest until the day before.",
    )

    @api.depends("line_ids.total")
    def _compute_totals_text(self):
        for record in self:
            groups = record.line_ids.grouped(
                lambda line: (line.company_id, line.currency_id)
            )
            record.totals_text = "\n".join(
                self.env._(
                    "%(company)s: %(total)s (principal %(principal)s, interest "
                    "%(interest)s, charges %(charges)s)",
                    company=company.sudo().name,
                    total=currency.format(sum(lines.mapped("total"))),
                    principal=currency.format(sum(lines.mapped("principal"))),
                    interest=currency.format(sum(lines.mapped("interest"))),
                    charges=currency.format(sum(lines.mapped("charges"))),
                )
                for (company, currency), lines in groups.items()
            )

    def action_work_out(self):
        """Work out the claims as they stood at the opening.

        :raise UserError: once it is declared, or where a rate is missing
        """
        self.check_access("write")
        for record in self:
            if record.date_declared:
                raise UserError(
                    self.env._(
                        "Declared on: what was declared stays as it is. Take the date "
                        "away first if it was not."
                    )
                )
            record._work_out()
        return True

    def action_declared(self):
        """It was declared today, with the amounts that were worked out."""
        self.check_access("write")
        for record in self:
            if len(record.line_ids.company_id) > 1:
                raise UserError(
                    self.env._(
                        "Each creditor declares its own claims: make one record for "
                        "each company first."
                    )
                )
            if not record.line_ids:
                raise UserError(
                    self.env._("Work out the claims first, so that they are kept.")
                )
            company = record.line_ids.company_id
            record.write(
                {
                    "date_declared": company._credit_today(),
                    "amount_declared": record._total_in(record.currency_id),
                }
            )
            record._note_declaration()
        return True

    def _total_in(self, currency):
        """All lines in one currency, at the rate of the day of the opening."""
        self.ensure_one()
        return sum(
            line.currency_id._convert(
                line.total, currency, line.company_id, self.date_opened
            )
            for line in self.line_ids
        )

    def _note_declaration(self):
        """Write the declaration on the timeline of the cases that run."""
        self.ensure_one()
        in_house = self._in_house()
        cases = self.env["credit.case"].sudo()
        found = cases.search(
            Domain("partner_id", "=", self.partner_id.id)
            & Domain("state", "=", "open")
            & self._company_domain()
        )
        cases._add_events(
            [
                {
                    "case_id": case.id,
                    "kind": "declaration",
                    "name": in_house.env._("Claim declared in the insolvency"),
                    "amount": sum(
                        self.line_ids.filtered(
                            lambda line, case=case: (
                                line.move_line_id in case.line_ids.move_line_id
                            )
                        ).mapped("total")
                    ),
                    "date": self.date_declared,
                }
                for case in found
            ]
        )

    def _open_at(self, company):
        """What was open at the end of the day of the opening.

        :return: {item id: minor units of its currency}
        """
        self.env.flush_all()
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT aml.id,
                              ROUND((aml.amount_residual_currency
                                     + COALESCE(later.sum, 0))
                                    * POWER(10::numeric, currency.decimal_places))
                                  ::bigint
                         FROM account_move_line aml
                         JOIN res_currency currency ON currency.id = aml.currency_id
                         JOIN res_partner partner ON partner.id = aml.partner_id
                         LEFT JOIN LATERAL (
                            SELECT SUM(part.debit_amount_currency)
                              FROM account_partial_reconcile part
                              JOIN account_move_line other
                                ON other.id = part.credit_move_id
                             WHERE part.debit_move_id = aml.id AND other.date > %(day)s
                         ) later ON TRUE
                        WHERE partner.commercial_partner_id = %(partner)s
                          AND aml.company_id = %(company)s
                          AND aml.account_id = ANY(%(accounts)s)
                          AND aml.parent_state = 'posted' AND aml.date <= %(day)s
                          AND aml.amount_currency > 0
                          AND aml.amount_residual_currency + COALESCE(later.sum, 0) > 0
                        ORDER BY aml.id""",
                    day=self.date_opened,
                    partner=self.partner_id.id,
                    company=company.id,
                    accounts=list(
                        self.env["credit.engine"].sudo()._receivable_accounts(company)
                    ),
                )
            )
        )

    def _creditors(self):
        """The companies whose claims are looked at."""
        self.ensure_one()
        return self.company_id or self.env.user.company_ids

    def _work_out(self):
        self.ensure_one()
        commands = [Command.clear()]
        for company in self._creditors():
            open_at = self._open_at(company)
            # In sudo: what is declared are sums of items of this debtor and company.
            items = self.env["account.move.line"].sudo().browse(open_at)
            items = items.with_company(company)
            if not items:
                continue
            calculation = self.env["credit.calculation"].sudo().with_company(company)
            made = calculation._statements(
                items, self.date_opened, frozenset(CHARGES) - {FEE}
            )
            missing = [text for one in made for text in one.missing]
            if missing:
                raise UserError("\n".join(dict.fromkeys(missing)))
            parts = {
                entry.record.id: entry.parts for one in made for entry in one.entries
            }
            for item in items:
                currency = item.currency_id
                own = {
                    kind: part.amount for kind, part in parts.get(item.id, {}).items()
                }
                interest = own.pop(INTEREST, 0)
                commands.append(
                    Command.create(
                        {
                            "company_id": company.id,
                            "currency_id": currency.id,
                            "move_line_id": item.id,
                            "name": item.move_name,
                            "date_invoice": item.invoice_date or item.date,
                            "date_due": item.date_maturity or item.date,
                            "principal": to_major(open_at[item.id], currency),
                            "interest": to_major(interest, currency),
                            "charges": to_major(sum(own.values()), currency),
                        }
                    )
                )
        # In sudo: nobody edits the lines by hand.
        self.sudo().write({"line_ids": commands, "date_frozen": fields.Datetime.now()})
        self._message_log(
            body=self.env._(
                "Claims worked out as of %(day)s: %(totals)s",
                day=format_date(self.env, self.date_opened),
                totals=self.totals_text or self.env._("nothing was open"),
            )
        )

    def _minor_totals(self):
        """{(company, currency): total in minor units} of what was worked out."""
        return {
            (company, currency): sum(to_minor(line.total, currency) for line in lines)
            for (company, currency), lines in self.line_ids.grouped(
                lambda line: (line.company_id, line.currency_id)
            ).items()
        }
