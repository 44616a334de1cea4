"""What is declared in an insolvency: the claims as they stood at its opening."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import format_date, plaintext2html

from odoo.addons.credit_management.engine.regime import CHARGES, FEE, INTEREST
from odoo.addons.credit_management.models.credit_agreement import to_major
from odoo.addons.credit_management.report.wording import labelled


class CreditInsolvencyLine(models.Model):
    """One item, frozen at the day of the opening, in its currency.

    ``principal`` is what was open at the end of that day; ``interest`` runs until the
    day before; ``costs`` are those of acts in a case, which have no item unless they
    are in the books. They stay as they were declared, whatever is paid afterwards.
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
    cost_id = fields.Many2one(
        "credit.case.cost", index="btree_not_null", ondelete="set null"
    )
    name = fields.Char(string="Invoice", required=True)
    date_invoice = fields.Date(string="Date")
    date_due = fields.Date(string="Due date")
    principal = fields.Monetary()
    interest = fields.Monetary(string="Interest until the opening")
    charges = fields.Monetary(string="Other charges")
    costs = fields.Monetary(
        string="Costs of acts",
        help="What acts in a case cost before the opening, as far as the debtor owes "
        "it.",
    )
    total = fields.Monetary(compute="_compute_total", store=True, precompute=True)
    standing = fields.Char(
        string="Today",
        compute="_compute_standing",
        help="What has become of it since: what is declared stays as it stood at the "
        "opening.",
    )

    @api.depends("principal", "interest", "charges", "costs")
    def _compute_total(self):
        for line in self:
            line.total = line.principal + line.interest + line.charges + line.costs

    @api.depends(
        "principal",
        "costs",
        "move_line_id.amount_residual_currency",
        "move_line_id.move_id",
    )
    def _compute_standing(self):
        # In sudo: what is told are facts of lines that may be read.
        items = self.sudo().move_line_id
        disputes = self.env["credit.dispute"].sudo()
        disputes = disputes.search(
            Domain("move_id", "in", items.move_id.ids) & Domain("state", "=", "open")
        )
        for line in self:
            item, currency, parts = line.sudo().move_line_id, line.currency_id, []
            left = item.amount_residual_currency
            if item and currency.is_zero(left):
                parts.append(self.env._("Paid or settled since"))
            elif (
                item and currency.compare_amounts(left, line.principal + line.costs) < 0
            ):
                parts.append(self.env._("%s still open", currency.format(left)))
            if item.move_id in disputes.move_id:
                parts.append(
                    self.env._("disputed") if parts else self.env._("Disputed")
                )
            line.standing = ", ".join(parts)

    def _totals_text(self):
        """The sums of lines of one company and currency, in one sentence.

        Principal is what is claimed, as on paper; what is taken off is named.
        """
        by_reason = self.grouped(lambda line: line._taken_off())
        claims = by_reason.get("", self.browse())
        sums = {
            "total": self.mapped("total"),
            "principal": claims.mapped("principal"),
            "interest": self.mapped("interest"),
            "charges": self.mapped("charges"),
            "costs": self.mapped("costs"),
        }
        for reason in ("set_off", "held"):
            sums[reason] = by_reason.get(reason, self.browse()).mapped("total")
        texts = {name: self.currency_id.format(sum(x)) for name, x in sums.items()}
        texts["company"] = self.company_id.sudo().name
        if claims == self:
            return self.env._(
                "%(company)s: %(total)s (principal %(principal)s, interest "
                "%(interest)s, charges %(charges)s, costs %(costs)s)",
                **texts,
            )
        return self.env._(
            "%(company)s: %(total)s (principal %(principal)s, interest %(interest)s, "
            "charges %(charges)s, costs %(costs)s, credits %(set_off)s, received by "
            "third parties %(held)s)",
            **texts,
        )


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
                lines._totals_text() for lines in groups.values()
            )

    @api.onchange("date_declared")
    def _onchange_date_declared(self):
        """The amount comes with the day; tell one of before the publication."""
        if not self.date_declared:
            return None
        if self.date_frozen and not self.amount_declared:
            self.amount_declared = self._total_in(self.currency_id)
        if not self.date_published or self.date_declared >= self.date_published:
            return None
        return {
            "warning": {
                "title": self.env._("Declared before the publication"),
                "message": self.env._(
                    "It was published on %s only. A declaration may be early, but look "
                    "at the day once more.",
                    format_date(self.env, self.date_published),
                ),
            }
        }

    @api.constrains("date_declared")
    def _check_date_declared(self):
        for record in self.filtered("date_declared"):
            company = record.company_id or self.env.company
            if record.date_declared > company._credit_today():
                raise ValidationError(
                    self.env._(
                        "Declared on: this day is still to come. Enter it once the "
                        "declaration has been sent."
                    )
                )
            if refusal := record._refusal():
                raise ValidationError(refusal)

    def _refusal(self):
        """Why nothing can be declared as it stands, or an empty text."""
        self.ensure_one()
        # In sudo: those of companies that the reader has not chosen count as well.
        if len(self.sudo().line_ids.company_id) > 1:
            return self.env._(
                "Each creditor declares its own claims: make one record for each "
                "company first."
            )
        if not self.date_frozen:
            return self.env._("Work out the claims first, so that they are kept.")
        if self.nothing_left:
            return self.env._(
                "Nothing is left to declare once credits and what third parties hold "
                "are taken off: choose “Nothing to declare”."
            )
        return ""

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
        """It was declared today, with the amounts that were worked out.

        :raise UserError: where they were not, or nothing is left to declare
        """
        self.check_access("write")
        for record in self:
            if refusal := record._refusal():
                raise UserError(refusal)
            company = record.line_ids.company_id
            record.write(
                {
                    "date_declared": company._credit_today(),
                    "amount_declared": record._total_in(record.currency_id),
                }
            )
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

    def _creditors(self):
        """The companies whose claims are looked at."""
        self.ensure_one()
        return self.company_id or self.env.user.company_ids

    def _work_out(self):
        self.ensure_one()
        commands, left_out = [Command.clear()], []
        for company in self._creditors():
            vals_list, withheld, missing = self._line_values(company)
            if missing:
                raise UserError("\n".join(missing))
            left_out += withheld
            commands += [Command.create(vals) for vals in vals_list]
        # In sudo: nobody edits the lines by hand.
        self.sudo().write({"line_ids": commands, "date_frozen": fields.Datetime.now()})
        texts = [
            self.env._(
                "Claims worked out as of %(day)s: %(totals)s",
                day=format_date(self.env, self.date_opened),
                totals=self.totals_text or self.env._("nothing was open"),
            )
        ]
        # An amount of zero is taken for a fault unless something says why.
        texts += [self.env._("Left out: %s", text) for text in dict.fromkeys(left_out)]
        self._message_log(body=plaintext2html("\n".join(texts)))

    def _line_values(self, company):
        """What a company has to declare.

        :return: (values of lines, sentences that say which charge is left out and why,
            sentences that name rates without which interest can't be reckoned)
        """
        vals_list, left_out, missing = self._item_lines(company)
        stated = {vals["move_line_id"] for vals in vals_list}
        vals_list += self._carried_lines(company, stated)
        vals_list += self._cost_lines(company, stated)
        return vals_list, left_out, missing

    def _item_lines(self, company):
        """Values of lines for the items of a company; see :meth:`_line_values`."""
        open_at = self._open_at(company)
        if not open_at:
            return [], [], []
        # In sudo: what is declared are sums of items of this debtor and company.
        items = self.env["account.move.line"].sudo().browse(open_at)
        items = items.with_company(company)
        calculation = self.env["credit.calculation"].sudo().with_company(company)
        made = calculation.with_context(
            credit_given_up=True, **self._interest_context(company, items, open_at)
        )._statements(items, self.date_opened, frozenset(CHARGES) - {FEE})
        parts = {entry.record.id: entry.parts for one in made for entry in one.entries}
        amounts = {}
        for item in items:
            own = {kind: part.amount for kind, part in parts.get(item.id, {}).items()}
            amounts[item.id] = {
                "principal": open_at[item.id],
                "interest": own.pop(INTEREST, 0),
                "charges": sum(own.values()),
                "costs": 0,
            }
        self._split_documents(items, amounts)
        vals_list = [
            {
                "company_id": company.id,
                "currency_id": item.currency_id.id,
                "move_line_id": item.id,
                "name": item.move_name,
                "date_invoice": item.invoice_date or item.date,
                "date_due": item.date_maturity or item.date,
                **{
                    name: to_major(amount, item.currency_id)
                    for name, amount in amounts[item.id].items()
                },
            }
            for item in items
        ]
        # A charge that is left out of some items only says of which.
        rows = [row for one in made for row in calculation._all_withheld(one)]
        left_out = [
            f"{row['text']} – {row['about']}" if row["about"] else row["text"]
            for row in rows
        ]
        missing = [text for one in made for text in one.missing]
        return vals_list, left_out, list(dict.fromkeys(missing))

    def _carried_lines(self, company, stated):
        """Values of lines for charges of before the opening on invoices that are paid.

        :param stated: ids of the items that have a line
        """
        charges = self.env["credit.charge"].sudo()
        charges = charges.search(
            Domain("partner_id", "=", self.partner_id.id)
            & Domain("company_id", "=", company.id)
            & Domain("state", "=", "claimed")
            & Domain("kind", "!=", FEE)
            & Domain("date", "<=", self.date_opened)
            & Domain("cost_ids", "=", False)
            & Domain("move_line_id", "not in", [False, *stated]),
            order="date, id",
        )
        vals_list = []
        for item, own in charges.grouped("move_line_id").items():
            interest = own.filtered(lambda charge: charge.kind == INTEREST)
            others = own - interest
            vals_list.append(
                {
                    "company_id": company.id,
                    "currency_id": item.currency_id.id,
                    "move_line_id": item.id,
                    "name": item.move_name,
                    "date_invoice": item.invoice_date or item.date,
                    "date_due": item.date_maturity or item.date,
                    "interest": sum(interest.mapped("amount_open")),
                    "charges": sum(others.mapped("amount_open")),
                }
            )
        return vals_list

    def _booked_later(self, company):
        """Open items of documents that book charges of before the opening."""
        charges = self.env["credit.charge"].sudo()
        charges = charges.search(
            Domain("partner_id", "=", self.partner_id.id)
            & Domain("company_id", "=", company.id)
            & Domain("state", "=", "booked")
            & Domain("booking_id.state", "=", "posted")
            & (
                Domain("date", "<=", self.date_opened)
                | Domain("invoice_id.invoice_date", "<=", self.date_opened)
            )
        )
        lines = charges.booking_id._credit_claim_lines()
        return self.env["account.move.line"].browse(lines.ids)

    def _split_documents(self, items, amounts):
        """Tell what documents that book charges are for: no principal, but charges.

        Interest that was booked for days after the opening makes the interest of its
        item negative: it is taken off the document instead.

        :param dict amounts: {item id: {column: minor units}}, changed here
        """
        of_document = items.filtered("move_id.credit_is_charge").grouped("move_id")
        if not of_document:
            return
        booked = self.env["credit.charge"].sudo()
        booked = booked.search(
            Domain("booking_id", "in", [document.id for document in of_document])
            & Domain("state", "=", "booked")
        )
        cases = self.env["credit.case"]
        shares = cases._booked_shares(booked, opened=self.date_opened)
        for charge, (_total, open_) in shares.items():
            own = amounts[of_document[charge.booking_id][:1].id]
            column = "interest" if charge.kind == INTEREST else "charges"
            if charge.cost_ids:
                column = "costs"
            own["principal"] -= open_
            own[column] += open_
            of_item = amounts.get(charge.move_line_id.id)
            if column == "interest" and of_item and of_item["interest"] < 0:
                less = min(open_, -of_item["interest"])
                own["interest"] -= less
                of_item["interest"] += less

    def _cost_lines(self, company, stated):
        """Values of lines for costs of acts before the opening that may be claimed.

        Those in the claim of a case, and those that the law lets join it and that
        nobody has taken out. What is in the books already stands there.

        :param stated: ids of the items that have a line
        """
        # In sudo, as the items: sums of this debtor and company.
        costs = (
            self.env["credit.case.cost"]
            .sudo()
            .search(
                Domain("case_id.partner_id", "=", self.partner_id.id)
                & Domain("company_id", "=", company.id)
                & Domain("state", "=", "accepted")
                & Domain("date", "<=", self.date_opened),
                order="date, id",
            )
        )
        booked = costs.charge_id.filtered(
            lambda charge: (
                charge.state == "booked" and charge.booking_id.state == "posted"
            )
        )
        cases = self.env["credit.case"]
        shares = cases._booked_shares(booked, opened=self.date_opened)
        vals_list = []
        for cost in costs:
            charge = cost.charge_id
            items = charge.booking_id._credit_claim_lines()
            if not stated.isdisjoint(items.ids):
                continue
            if charge in shares:
                amount = to_major(shares[charge][1], charge.currency_id)
            elif cost.in_claim:
                amount = charge.amount - charge.amount_waived
            elif charge or not cost._debtor_bears() or cost._claim_refused():
                continue
            else:
                amount = cost.amount_claimed
            if cost.case_currency_id.is_zero(amount):
                continue
            vals_list.append(
                {
                    "company_id": company.id,
                    "currency_id": cost.case_currency_id.id,
                    "cost_id": cost.id,
                    "move_line_id": False,
                    "name": labelled(self.env, cost.case_id.name, cost.name),
                    "date_invoice": cost.date,
                    "date_due": cost.date,
                    "costs": amount,
                }
            )
        return vals_list
