from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain

from odoo.addons.credit_management.models.credit_regime_resolution import to_minor

from ..engine import write_off

VAT = [
    (write_off.NONE, "None is asked back: all of it is lost"),
    (write_off.NOW, "Asked back now: credit note marked as bad debt"),
    (write_off.CONDITIONS, "Later, on conditions: kept on an account of its own"),
]


class CreditWriteOff(models.Model):
    """Giving up a claim, or a part of it: proposed, approved, booked, reversible.

    Items are of one debtor, company and currency; amounts are in that currency.
    ``credit_write_off_booking`` says how it comes into the books. Whether and when the
    tax is asked back is a choice of the company for the law of its country: nothing is
    assumed about it.
    """

    _name = "credit.write.off"
    _description = "Write-off"
    _inherit = [
        "credit.number.mixin",
        "credit.house.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        index=True,
        check_company=True,
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    case_id = fields.Many2one(
        "credit.case",
        index="btree_not_null",
        check_company=True,
        domain="[('partner_id', '=', partner_id), ('company_id', '=', company_id)]",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("proposed", "To approve"),
            ("booked", "Booked"),
            ("refused", "Refused"),
            ("reversed", "Reversed"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    kind = fields.Selection(
        [
            ("bad_debt", "Bad debt: cannot be recovered"),
            ("insolvency", "Insolvency of the debtor"),
            ("limitation", "Limitation is over"),
            ("discount", "Discount that was agreed"),
            ("small", "Not worth pursuing"),
        ],
        string="Because of",
        default="bad_debt",
        required=True,
        tracking=True,
    )
    reason = fields.Text(
        required=True,
        tracking=True,
        help="In your words: whoever audits it reads this.",
    )
    date = fields.Date(
        string="Booked on",
        required=True,
        default=lambda self: self.env.company._credit_today(),
        help="The date of the entry or the credit note.",
    )
    vat = fields.Selection(
        VAT,
        string="VAT",
        compute="_compute_vat",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
        help="By the setting of the company: when VAT on bad debts may be asked back "
        "is for the law of your country, and to be verified with your accountant.",
    )
    vat_note = fields.Char(related="company_id.credit_write_off_vat_note")
    line_ids = fields.One2many("credit.write.off.line", "write_off_id", string="Items")
    amount_total = fields.Monetary(
        string="Written off", compute="_compute_amount_total", store=True
    )
    amount_company = fields.Monetary(
        string="In company currency",
        compute="_compute_amount_total",
        store=True,
        currency_field="company_currency_id",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company currency"
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "credit_write_off_attachment_rel",
        "write_off_id",
        "attachment_id",
        string="Documents",
        bypass_search_access=True,
        help="What proves it: a certificate that nothing can be recovered, the closing "
        "of an insolvency.",
    )
    proposed_by_id = fields.Many2one(
        "res.users", string="Proposed by", readonly=True, copy=False
    )
    approved_by_id = fields.Many2one(
        "res.users", string="Approved by", readonly=True, copy=False, tracking=True
    )
    refuse_reason = fields.Char(string="Why refused", copy=False)
    move_ids = fields.One2many(
        "account.move", "credit_write_off_id", string="Entries", readonly=True
    )
    move_count = fields.Integer(
        string="Number of entries", compute="_compute_move_count"
    )
    closed_case = fields.Boolean(
        readonly=True, copy=False, help="The case ended with it."
    )

    # ------------------------------------------------------------------
    # Computes and constraints
    # ------------------------------------------------------------------

    @api.depends("company_id")
    def _compute_vat(self):
        for record in self:
            record.vat = record.company_id.credit_write_off_vat or write_off.NONE

    @api.depends("line_ids.amount", "currency_id", "company_id", "date")
    def _compute_amount_total(self):
        for record in self:
            total = sum(record.line_ids.mapped("amount"))
            company = record.company_id
            record.amount_total = total
            record.amount_company = (
                record.currency_id._convert(
                    total, company.currency_id, company, record.date
                )
                if record.currency_id and company and record.date
                else total
            )

    @api.depends("move_ids")
    def _compute_move_count(self):
        for record in self:
            record.move_count = len(record.sudo().move_ids)

    @api.constrains("line_ids", "partner_id", "company_id", "currency_id")
    def _check_items(self):
        for record in self.sudo():
            for item in record.line_ids.move_line_id:
                if (
                    item.company_id != record.company_id
                    or item.currency_id != record.currency_id
                    or item.partner_id.commercial_partner_id != record.partner_id
                ):
                    raise ValidationError(
                        self.env._(
                            "Items: %(item)s is not of the debtor, the company and the "
                            "currency of the write-off.",
                            item=item.move_name,
                        )
                    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proposed(self):
        if any(record.state != "draft" or record.refuse_reason for record in self):
            raise ValidationError(
                self.env._("What was proposed or booked stays on record.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        self._check_decided_by_action(*vals_list)
        records = super().create(vals_list)
        for record in records:
            record.attachment_ids.filtered(lambda a: not a.res_id).write(
                {"res_model": record._name, "res_id": record.id}
            )
        return records

    def write(self, vals):
        # EXTENDS base: what is approved is what was proposed
        self._check_decided_by_action(vals)
        fixed = vals.keys() & {
            "line_ids",
            "partner_id",
            "company_id",
            "currency_id",
            "vat",
            "kind",
            "date",
            "reason",
        }
        if fixed and any(record.state not in ("draft", "refused") for record in self):
            raise UserError(
                self.env._(
                    "It was proposed as it is: take it back to change it, or propose "
                    "another."
                )
            )
        result = super().write(vals)
        if "attachment_ids" in vals:
            for record in self:
                record.attachment_ids.filtered(lambda a: not a.res_id).write(
                    {"res_model": record._name, "res_id": record.id}
                )
        return result

    def _credit_proving(self):
        # EXTENDS mail.thread of credit_management
        return self.filtered(lambda record: record.state != "draft")

    def _check_decided_by_action(self, *vals_list):
        """Who proposed and who approved is what the buttons say, and nothing else."""
        decided = {"state", "proposed_by_id", "approved_by_id", "closed_case"}
        if not self.env.su and any(vals.keys() & decided for vals in vals_list):
            raise AccessError(
                self.env._("Write-offs are proposed and approved by their buttons.")
            )

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    @api.model
    def _open(self, items, case=None, not_lost=None, **values):
        """The form of a write-off of these items, filled in.

        :param items: ``account.move.line`` records; of what is open the oldest
            debtor, company and currency is taken
        :param case: that the items are in, or None
        :param dict not_lost: {currency: what pays the items without being matched yet},
            which is left out of the oldest of them; or None
        :return: the action
        :raise UserError: where nothing is open, or nothing of it is lost
        """
        self.check_access("create")
        items = items.filtered(
            lambda item: (
                item.account_type == "asset_receivable"
                and item.parent_state == "posted"
                and not item.reconciled
                and item.amount_residual_currency > 0
            )
        )
        if not items:
            raise UserError(self.env._("Nothing is open here that could be given up."))
        groups = items.grouped(
            lambda item: (
                item.company_id,
                item.partner_id.commercial_partner_id,
                item.currency_id,
            )
        )
        if len(groups) > 1:
            raise UserError(
                self.env._(
                    "Choose items of one debtor, company and currency: each is decided "
                    "upon by itself."
                )
            )
        ((company, debtor, currency),) = groups
        amounts = self._amounts(items, (not_lost or {}).get(currency, 0))
        if not amounts:
            raise UserError(
                self.env._(
                    "Nothing is lost here: match the debtor's open credits first, and "
                    "wait for what third parties hold."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write off"),
            "res_model": self._name,
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                "default_company_id": company.id,
                "default_partner_id": debtor.id,
                "default_currency_id": currency.id,
                "default_case_id": case.id if case else False,
                "default_line_ids": [
                    Command.create({"move_line_id": item.id, "amount": amount})
                    for item, amount in amounts.items()
                ],
                **{f"default_{key}": value for key, value in values.items()},
            },
        }

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _limit_minor(self):
        """What is written off and the limit, in minor units of company currency."""
        self.ensure_one()
        company = self.company_id.sudo()
        currency = company.currency_id
        return (
            to_minor(self.amount_company, currency),
            to_minor(company.credit_write_off_limit, currency),
        )

    def _check_state(self, *states):
        self.check_access("write")
        if any(record.state not in states for record in self):
            raise UserError(self.env._("The write-off is past that."))

    def action_propose(self):
        """Ask for approval; up to the company's limit it is booked at once."""
        self._check_state("draft", "refused")
        for record in self:
            record._check_amounts()
            # In sudo, here and below: the checks of the action allow it.
            record.sudo().write({"proposed_by_id": self.env.uid, "state": "proposed"})
            amount, limit = record._limit_minor()
            if amount <= limit:
                record._approve()
            else:
                record._ask_managers()
        return True

    def action_approve(self):
        """Book what somebody else has proposed.

        :raise AccessError: if whoever approves may not, or proposed it
        """
        self._check_state("proposed")
        is_manager = self.env.user.has_group("credit_management.group_manager")
        for record in self:
            amount, limit = record._limit_minor()
            needed = write_off.needs_approval(
                amount, limit, is_manager, record.proposed_by_id == self.env.user
            )
            if needed == "manager":
                raise AccessError(
                    self.env._("Write-offs above the limit are approved by managers.")
                )
            if needed:
                raise AccessError(
                    self.env._(
                        "%s was proposed by you: somebody else has to approve it.",
                        record.name,
                    )
                )
            record._check_amounts()
            record._approve()
        return True

    def action_take_back(self):
        """Take a proposal back, to change it."""
        self._check_state("proposed")
        self.sudo().write({"state": "draft"})
        self._done_asking()
        return True

    def action_refuse(self):
        """Turn a proposal down.

        :raise UserError: without a reason
        """
        self._check_state("proposed")
        self._check_is_manager()
        for record in self:
            if not record.refuse_reason:
                raise UserError(
                    self.env._("Why refused: say it to whoever proposed it.")
                )
        self.sudo().write({"state": "refused"})
        self._done_asking()
        return True

    def action_reverse(self):
        """Take a booked write-off out of the books: what it settled is open again."""
        self._check_state("booked")
        self._check_is_manager()
        for record in self:
            record._reverse()
        return True

    def action_view_moves(self):
        """Open the entries in the books."""
        self.ensure_one()
        return self.move_ids._get_records_action(name=self.env._("Entries"))

    def _check_is_manager(self):
        if not self.env.su and not self.env.user.has_group(
            "credit_management.group_manager"
        ):
            raise AccessError(
                self.env._("Only managers of credit refuse or reverse write-offs.")
            )

    def _check_amounts(self):
        """Refuse what is not open any more, with the name of the row."""
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Items: say what is written off."))
        for line in self.sudo().line_ids:
            item = line.move_line_id
            if (
                self.currency_id.compare_amounts(line.amount, 0) <= 0
                or self.currency_id.compare_amounts(
                    line.amount, item.amount_residual_currency
                )
                > 0
            ):
                raise UserError(
                    self.env._(
                        "%(item)s: %(amount)s can't be written off, %(open)s is open.",
                        item=line.name,
                        amount=self.currency_id.format(line.amount),
                        open=self.currency_id.format(item.amount_residual_currency),
                    )
                )

    def _ask_managers(self):
        """An activity for a manager who is not the one who proposes."""
        self.ensure_one()
        group = self.env.ref("credit_management.group_manager")
        manager = (
            self.env["res.users"]
            .sudo()
            .search(
                Domain("all_group_ids", "in", group.ids)
                & Domain("company_ids", "in", self.company_id.ids)
                & Domain("share", "=", False)
                & Domain("id", "!=", self.env.uid),
                order="id",
                limit=1,
            )
        )
        if manager:
            self.sudo().activity_schedule(
                "credit_management_legal.activity_write_off",
                date_deadline=self.company_id._credit_today(),
                summary=self.env._("Approve a write-off"),
                user_id=manager.id,
            )

    def _done_asking(self):
        self.sudo().activity_feedback(["credit_management_legal.activity_write_off"])

    def _approve(self):
        self.ensure_one()
        self.sudo().approved_by_id = self.env.uid
        self._book()
        self.sudo().state = "booked"
        self._done_asking()
        self._close_case()
