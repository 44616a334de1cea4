import base64
from collections import Counter
from urllib.parse import quote

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..engine.regime import CHARGES, FEE
from ..models.credit_regime_resolution import to_minor
from ..report.claim_workbook import claim_workbook


class CreditClaim(models.TransientModel):
    """What is owed on some items at a date: principal, interest, charges.

    Nothing is claimed and nothing is booked by looking at it.
    """

    _name = "credit.claim"
    _description = "Claim at a Date"

    item_ids = fields.Many2many("account.move.line", string="Items", readonly=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    item_count = fields.Integer(compute="_compute_company_id", string="Items chosen")
    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._credit_today(),
        help="Interest runs until the end of this day; what was paid later is not "
        "looked at.",
    )
    charge_interest = fields.Boolean(string="Late interest", default=True)
    charge_indemnity = fields.Boolean(string="Recovery indemnity", default=True)
    charge_clause = fields.Boolean(string="Penalty clause", default=True)
    charge_cost = fields.Boolean(string="Collection costs", default=True)
    charge_fee = fields.Boolean(
        string="Charges of earlier reminders",
        help="Reminder fees, and charges on what has been paid, that are still owed.",
    )
    claim_html = fields.Html(
        string="Claim", compute="_compute_claim_html", sanitize=False
    )
    missing_text = fields.Text(compute="_compute_claim_html")
    workbook = fields.Binary(readonly=True, attachment=False)

    @api.depends("item_ids")
    def _compute_company_id(self):
        for claim in self:
            claim.company_id = claim.item_ids.company_id[:1]
            claim.item_count = len(claim.item_ids)

    @api.depends("item_ids", "date", *(f"charge_{kind}" for kind in CHARGES))
    def _compute_claim_html(self):
        for claim in self:
            statements = claim._statements()
            missing = [text for made in statements for text in made.missing]
            claim.missing_text = "\n".join(dict.fromkeys(missing))
            calculation = self.env["credit.calculation"]
            claim.claim_html = self.env["ir.qweb"]._render(
                "credit_management.claim_statements",
                {
                    "statements": [
                        claim._shown(made, unmatched, calculation)
                        for made, unmatched in zip(
                            statements, claim._unmatched(statements), strict=True
                        )
                    ]
                },
            )

    @api.constrains("item_ids")
    def _check_items(self):
        for claim in self:
            if len(claim.item_ids.company_id) > 1:
                raise UserError(
                    self.env._("Choose items of one company: each has its own terms.")
                )

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    @api.model
    def _open(self, items, **values):
        """Open the claim on some items, from wherever they are listed.

        :param items: ``account.move.line`` records; receivable, posted
        :param values: values of the wizard, such as ``date``
        :return: the action
        """
        items.check_access("read")
        items = items.filtered(
            lambda item: (
                item.account_type == "asset_receivable"
                and item.parent_state == "posted"
                and item.amount_currency > 0
            )
        )
        if not items:
            raise UserError(self.env._("There is nothing here that could be claimed."))
        values.setdefault("date", items.company_id[:1]._credit_today())
        claim = self.create({"item_ids": [Command.set(items.ids)], **values})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Claim at a date"),
            "res_model": self._name,
            "res_id": claim.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # ------------------------------------------------------------------
    # Working out
    # ------------------------------------------------------------------

    def _wanted(self):
        """Kinds of charges that are looked at."""
        return frozenset(k for k in CHARGES if k != FEE and self[f"charge_{k}"])

    def _statements(self):
        """The statements of the claim, see ``credit.calculation``."""
        self.ensure_one()
        # While the form is edited, items are new records of those that exist.
        items = self.item_ids._origin
        if not items or not self.date:
            return []
        items.check_access("read")
        made = self.env["credit.calculation"]._statements(
            items, self.date, self._wanted(), carried=self.charge_fee
        )
        self._add_contested(made)
        return made

    def _add_contested(self, statements):
        """Tell what the debtors dispute: whoever claims it has to know.

        Disputes are told as they stand today, whatever the day of the claim.
        """
        entries = [entry for made in statements for entry in made.entries]
        moves = self.env["account.move"].union(*(e.record.move_id for e in entries))
        disputes = self.env["credit.dispute"].search(
            Domain("move_id", "in", moves.ids) & Domain("state", "=", "open")
        )
        by_move = disputes.grouped("move_id")
        for made in statements:
            open_ = Counter()
            for entry in made.entries:
                open_[entry.record.move_id] += entry.residual
            for move in by_move.keys() & open_.keys():
                amounts = by_move[move].mapped("amount")
                parts = sum(to_minor(amount, made.currency) for amount in amounts)
                if not all(amounts):
                    parts = open_[move]
                made.contested[move] = min(parts, open_[move])

    def _unmatched(self, statements):
        """Payments and credit notes that nobody has matched, until the day.

        They are taken off where the claim is on all that the debtor owes by then, as
        reminders do; where other invoices are open, it is not decided which of them
        they pay. Interest runs without them in any case: they pay nothing yet.

        :return: list of (amount in minor units, whether it is taken off), one for
            each statement
        """
        self.ensure_one()
        if not statements:
            return []
        items, company = self.item_ids._origin, self.company_id
        debtors = items.partner_id.commercial_partner_id
        credits_ = (
            self.env["credit.engine"].sudo()._credits(company, debtors.ids, self.date)
        )
        others = self.env["account.move.line"].search(
            Domain("partner_id", "child_of", debtors.ids)
            & Domain("company_id", "=", company.id)
            & Domain("account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("amount_residual_currency", ">", 0)
            & Domain("date_maturity", "<=", self.date)
            & Domain("id", "not in", items.ids)
        )
        open_ = {
            (other.partner_id.commercial_partner_id, other.currency_id)
            for other in others
        }
        return [
            (
                to_minor(
                    credits_.get((made.partner.id, made.currency.id), 0.0),
                    made.currency,
                ),
                (made.partner, made.currency) not in open_,
            )
            for made in statements
        ]

    @api.model
    def _shown(self, made, unmatched, calculation):
        """What pages show of a statement, see ``_statement_values``.

        :param unmatched: see :meth:`_unmatched`
        :param calculation: the model, whose language the texts are in
        """
        _ = calculation.env._
        values = calculation._statement_values(made)
        amount, taken_off = unmatched
        money = calculation._money_of(made.currency)
        values["beside"] = [
            {
                "label": _("Of which disputed by the debtor: %s", move.name),
                "amount": money(disputed),
            }
            for move, disputed in sorted(
                made.contested.items(), key=lambda pair: pair[0].name
            )
        ]
        if not amount:
            return values
        if taken_off:
            label = _(
                "Credit notes and payments not matched yet; interest runs without "
                "them until they are"
            )
            values["extra"] = [{"label": label, "amount": money(-amount)}]
            values["total"] = money(max(0, made.total - amount))
        else:
            label = _(
                "Not taken off: credit notes and payments not matched yet, as other "
                "invoices are open that they may pay"
            )
            values["beside"].insert(0, {"label": label, "amount": money(-amount)})
        return values

    def _complete_statements(self):
        """The same for paper: nothing leaves with an amount that is not known."""
        statements = self._statements()
        missing = [text for made in statements for text in made.missing]
        if missing:
            raise UserError("\n".join(dict.fromkeys(missing)))
        return statements

    def _document_values(self):
        """What is printed: a page of its own for each debtor, in its language.

        :return: list of (language, :meth:`_statement_values` in that language)
        """
        installed = dict(self.env["res.lang"].get_installed())
        documents = []
        statements = self._complete_statements()
        for made, unmatched in zip(
            statements, self._unmatched(statements), strict=True
        ):
            lang = made.partner.lang
            if lang not in installed:
                lang = self.company_id.sudo().partner_id.lang or self.env.lang
            calculation = self.env["credit.calculation"].with_context(lang=lang)
            documents.append((lang, self._shown(made, unmatched, calculation)))
        return documents

    def _print_name(self):
        return self.env._("Claim of %s", self.date)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_print(self):
        """Print the calculation, in the language of each debtor."""
        self.ensure_one()
        self._complete_statements()
        report = self.env.ref("credit_management.action_report_claim")
        return report.report_action(self, config=False)

    def action_export(self):
        """Download the calculation as a workbook."""
        self.ensure_one()
        statements = self._complete_statements()
        content = claim_workbook(
            statements, self.env["credit.calculation"], self._unmatched(statements)
        )
        self.workbook = base64.b64encode(content)
        name = quote(self.env._("Claim of %s.xlsx", self.date))
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/workbook/{name}?download=true",
            "target": "download",
        }
