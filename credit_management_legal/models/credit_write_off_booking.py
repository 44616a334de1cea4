"""Write-offs in the books, on the items and their cases."""

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.credit_management.engine.interest import half_up
from odoo.addons.credit_management.models.credit_agreement import to_major
from odoo.addons.credit_management.models.credit_regime_resolution import to_minor
from odoo.addons.credit_management.report.wording import labelled

from ..engine import write_off


class CreditWriteOff(models.Model):
    _inherit = "credit.write.off"

    def _book(self):
        """Make the entries, and match them with the items.

        In sudo: the approval is what allows it; whoever approves need not be an
        accountant.

        :raise UserError: where an account or a journal is not set
        """
        self.ensure_one()
        record = self.sudo().with_company(self.company_id)
        if record.vat == write_off.NOW:
            for move, lines in record.line_ids.grouped(
                lambda line: line.move_line_id.move_id
            ).items():
                record._book_credit_note(move, lines)
        else:
            record._book_entry()
        record._tell()

    def _journal(self, kind):
        """The journal of the setting, or the first that fits.

        :param str kind: ``general`` or ``sale``
        """
        company = self.company_id
        own = company.credit_write_off_journal_id
        if kind == "general" and own:
            return own
        journal = self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", kind)], limit=1
        )
        if not journal:
            raise UserError(
                self.env._("Set up a journal for write-offs in the settings first.")
            )
        return journal

    def _account(self, field, label):
        account = self.company_id[field]
        if not account:
            raise RedirectWarning(
                self.env._(
                    "%(setting)s: choose the account in the settings of %(company)s "
                    "first.",
                    setting=label,
                    company=self.company_id.name,
                ),
                self.env.ref("account.action_account_config").id,
                self.env._("Open the settings"),
            )
        return account

    # ------------------------------------------------------------------
    # As an entry
    # ------------------------------------------------------------------

    def _book_entry(self):
        """Expense, and tax to ask back later, against the items."""
        commands = []
        expense = self._account("credit_write_off_account_id", self.env._("Bad debts"))
        label = self.env._("Written off (%s)", self.name)
        pairs = []
        for line in self.line_ids:
            item = line.move_line_id
            shares = self._shares(line)
            pairs.append((item, len(commands)))
            commands += [
                self._entry_line(item, item.account_id, label, share)
                if place == "item"
                else self._entry_line(
                    item,
                    expense
                    if place == "net"
                    else self._account(
                        "credit_write_off_vat_account_id",
                        self.env._("VAT to ask back later"),
                    ),
                    label,
                    share,
                )
                for place, share in shares
            ]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "company_id": self.company_id.id,
                "journal_id": self._journal("general").id,
                "date": self.date,
                "ref": self.name,
                "credit_write_off_id": self.id,
                "line_ids": [Command.create(values) for values in commands],
            }
        )
        entry.action_post()
        made = entry.line_ids.sorted("id")
        for item, place in pairs:
            (item | made[place]).reconcile()

    def _shares(self, line):
        """The parts of a line: [(item, net or tax, (currency, company) in minor)]."""
        item = line.move_line_id
        currency, own = self.currency_id, self.company_id.currency_id
        amount = to_minor(line.amount, currency)
        residual = to_minor(item.amount_residual_currency, currency)
        # At the rate of the item itself: writing off makes no exchange difference.
        balance = to_minor(item.amount_residual, own)
        if amount != residual:
            balance = half_up(balance * amount, residual)
        parts = self._split(item, amount, self.vat)
        tax_balance = half_up(balance * parts.tax, amount) if amount else 0
        shares = [("item", (-amount, -balance))]
        shares.append(("net", (parts.net, balance - tax_balance)))
        if parts.tax:
            shares.append(("tax", (parts.tax, tax_balance)))
        return shares

    @api.model
    def _split(self, item, amount, vat):
        """What of an amount of an item is the loss, and what the tax asked back.

        :param int amount: minor units of the item's currency
        :param str vat: what happens to the tax, see :mod:`engine.write_off`
        :rtype: engine.write_off.Split
        """
        move, currency = item.move_id, item.currency_id
        total = to_minor(move.amount_total, currency)
        tax = to_minor(move.amount_tax, currency) if move.is_invoice() else 0
        return write_off.split(amount, max(total, amount), tax, vat)

    def _entry_line(self, item, account, label, share):
        amount, balance = share
        return {
            "account_id": account.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "name": labelled(self.env, label, item.move_name),
            "amount_currency": to_major(amount, self.currency_id),
            "balance": to_major(balance, self.company_id.currency_id),
        }

    # ------------------------------------------------------------------
    # As a credit note
    # ------------------------------------------------------------------

    def _book_credit_note(self, move, lines):
        """A credit note marked as bad debt, with the taxes of the invoice.

        It stands in the VAT return as any other; its lines are on the account of bad
        debts, not on that of sales.
        """
        currency = self.currency_id
        account = self._account("credit_write_off_account_id", self.env._("Bad debts"))
        amount = to_minor(sum(lines.mapped("amount")), currency)
        groups = move.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        ).grouped("tax_ids")
        parts = [
            (
                max(to_minor(sum(own.mapped("price_subtotal")), currency), 0),
                max(
                    to_minor(
                        sum(own.mapped("price_total"))
                        - sum(own.mapped("price_subtotal")),
                        currency,
                    ),
                    0,
                ),
            )
            for own in groups.values()
        ]
        if not groups or not sum(net + tax for net, tax in parts):
            groups, parts = {self.env["account.tax"]: None}, [(amount, 0)]
        splits = write_off.by_rate(amount, parts)
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "company_id": self.company_id.id,
                "partner_id": move.partner_id.id,
                "currency_id": currency.id,
                "journal_id": move.journal_id.id
                if move.journal_id.type == "sale"
                else self._journal("sale").id,
                "invoice_date": self.date,
                "date": self.date,
                "ref": self.env._("Bad debt: %s", move.name),
                "narration": self.env._(
                    "Bad debt: this credit note corrects the tax of %s, which remains "
                    "unpaid. It gives the customer no right to deduct.",
                    move.name,
                ),
                "fiscal_position_id": move.fiscal_position_id.id,
                "invoice_payment_term_id": False,
                "invoice_date_due": self.date,
                "credit_write_off_id": self.id,
                "invoice_line_ids": [
                    self._credit_line(account, taxes, part)
                    for taxes, part in zip(groups, splits, strict=True)
                    if part.net or part.tax
                ],
            }
        )
        self._settle_rounding(note, account, amount)
        note.action_post()
        receivable = note.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        # Item by item: an instalment that is not given up stays open.
        for line in lines:
            item = line.move_line_id.with_context(
                credit_limit=(
                    line.move_line_id.id,
                    receivable[:1].id,
                    line.amount,
                )
            )
            (item | receivable.with_env(item.env)).reconcile()
        if move.is_invoice():
            # Not before: posting would match it with any item of the invoice.
            note.reversed_entry_id = move

    def _credit_line(self, account, taxes, part):
        included = any(tax.price_include for tax in taxes)
        return Command.create(
            {
                "name": self.env._("Bad debt"),
                "account_id": account.id,
                "quantity": 1,
                "price_unit": to_major(
                    part.net + part.tax if included else part.net, self.currency_id
                ),
                "tax_ids": [Command.set(taxes.ids)],
            }
        )

    def _settle_rounding(self, note, account, amount):
        """What the rounding of taxes makes too much or too little, without tax."""
        off = amount - to_minor(note.amount_total, self.currency_id)
        if off:
            note.invoice_line_ids = [
                Command.create(
                    {
                        "name": self.env._("Rounding"),
                        "account_id": account.id,
                        "quantity": 1,
                        "price_unit": to_major(off, self.currency_id),
                        "tax_ids": [Command.clear()],
                    }
                )
            ]

    # ------------------------------------------------------------------
    # History, case, reversal
    # ------------------------------------------------------------------

    def _tell(self):
        """Write it down on the invoices and on the case."""
        record = self._in_house()
        for line in record.line_ids:
            line.move_line_id.move_id._credit_log(
                record.env._(
                    "%(amount)s written off (%(name)s): %(reason)s",
                    amount=record.currency_id.format(line.amount),
                    name=record.name,
                    reason=record.reason,
                )
            )
        if record.case_id and record.case_id.state != "draft":
            record.case_id._add_event(
                "other",
                record.env._("Written off (%s)", record.name),
                amount=record.amount_total,
                note=record.reason,
                date=record.company_id._credit_today(),
            )

    def _close_case(self):
        """End the case where nothing is left in it, charges and costs included.

        In an insolvency what is only claimed keeps none open: it is declared, stands in
        no books, and nobody asks for it any more.
        """
        record = self.sudo()
        case = record.case_id
        if case.state not in ("open", "paid"):
            return
        left = case._open_charges().get(case.id, self.env["credit.charge"])
        if record.kind == "insolvency":
            left = left.filtered(lambda charge: charge.state == "booked")
        if case.currency_id.is_zero(case.amount_residual) and not left:
            case.write(
                {
                    "state": "closed",
                    "date_closed": case.company_id._credit_today(),
                    "end_reason": record._in_house().env._(
                        "Written off (%s)", record.name
                    ),
                }
            )
            record.closed_case = True

    def _reverse(self):
        """Reverse the entries; what they settled is open again."""
        self.ensure_one()
        record = self.sudo().with_company(self.company_id)
        today = record.company_id._credit_today()
        moves = record.move_ids.filtered(
            lambda move: move.state == "posted" and not move.reversal_move_ids
        )
        moves._reverse_moves(
            [
                {
                    "date": today,
                    "invoice_date": today if move.is_invoice() else False,
                    "ref": record.env._("Reversal of: %s", move.name),
                    "credit_write_off_id": record.id,
                }
                for move in moves
            ],
            cancel=True,
        )
        record.state = "reversed"
        in_house = record._in_house()
        record.line_ids.move_line_id.move_id._credit_log(
            in_house.env._("The write-off %s was reversed.", record.name)
        )
        case = record.case_id
        if record.closed_case and case.state == "closed":
            case.write({"state": "open", "date_closed": False, "end_reason": False})
            record.closed_case = False


class AccountMove(models.Model):
    _inherit = "account.move"

    credit_write_off_id = fields.Many2one(
        "credit.write.off",
        string="Write-off",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    def action_credit_write_off(self):
        """Give up what is open of these invoices."""
        return self._credit_open_items().action_credit_write_off()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def action_credit_write_off(self):
        """Give these items up."""
        return self.env["credit.write.off"]._open(self)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_credit_write_off(self):
        """Give up what this debtor owes and is overdue."""
        items = self.env["credit.handover"]._overdue_items(
            self.commercial_partner_id, self.env.company
        )
        return items.action_credit_write_off()


class CreditCase(models.Model):
    _inherit = "credit.case"

    write_off_ids = fields.One2many("credit.write.off", "case_id", string="Write-offs")

    def action_write_off(self):
        """Give up what is open in the case, documents that book charges included."""
        self.ensure_one()
        booked = self._charges().filtered(lambda charge: charge.state == "booked")
        documents = booked.booking_id.sudo(False)._credit_claim_lines()
        write_offs = self.env["credit.write.off"]
        return write_offs._open(
            self._items() | documents,
            case=self,
            not_lost=write_offs._not_lost(self.company_id, self.partner_id, case=self),
        )


class CreditLimitation(models.AbstractModel):
    _inherit = "credit.limitation"

    @api.model
    def _payment_acts_sql(self, item_ids):
        # EXTENDS credit.limitation: nor is it a payment that may interrupt
        return SQL(
            """SELECT paid.* FROM (%s) paid (item_id, day, kind, until, model, id)
                WHERE NOT EXISTS (SELECT FROM account_move move
                                   WHERE move.id = paid.id
                                     AND move.credit_write_off_id IS NOT NULL)""",
            super()._payment_acts_sql(item_ids),
        )


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_write_off_account_id = fields.Many2one(
        "account.account",
        string="Bad debts",
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_other'))]",
    )
    credit_write_off_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of write-offs",
        check_company=True,
        domain="[('type', '=', 'general')]",
    )
    credit_write_off_vat = fields.Selection(
        [
            (write_off.NONE, "None is asked back"),
            (write_off.NOW, "Asked back now, by a credit note"),
            (write_off.CONDITIONS, "Later, on conditions"),
        ],
        string="VAT on bad debts",
        default=write_off.NONE,
        required=True,
    )
    credit_write_off_vat_account_id = fields.Many2one(
        "account.account",
        string="VAT to ask back later",
        check_company=True,
    )
    credit_write_off_vat_note = fields.Char(
        string="Why so",
        help="The rule of your country on which the choice rests, and who looked "
        "at it.",
    )
    credit_write_off_limit = fields.Monetary(
        string="Written off without approval",
        help="Up to this amount a collector writes off alone; 0: never. Above it a "
        "manager approves who did not propose it.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_write_off_account_id = fields.Many2one(
        related="company_id.credit_write_off_account_id", readonly=False
    )
    credit_write_off_journal_id = fields.Many2one(
        related="company_id.credit_write_off_journal_id", readonly=False
    )
    credit_write_off_vat = fields.Selection(
        related="company_id.credit_write_off_vat", readonly=False
    )
    credit_write_off_vat_account_id = fields.Many2one(
        related="company_id.credit_write_off_vat_account_id", readonly=False
    )
    credit_write_off_vat_note = fields.Char(
        related="company_id.credit_write_off_vat_note", readonly=False
    )
    credit_write_off_limit = fields.Monetary(
        related="company_id.credit_write_off_limit",
        readonly=False,
        currency_field="currency_id",
    )
