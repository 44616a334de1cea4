from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .credit_response import REPEAT_DAYS


class CreditDispute(models.Model):
    _name = "credit.dispute"
    _description = "Dispute"
    _inherit = ["credit.claimed.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _rec_name = "move_id"

    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        index=True,
        ondelete="cascade",
        tracking=True,
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted')]",
    )
    reason_id = fields.Many2one(
        "credit.dispute.reason", required=True, ondelete="restrict", tracking=True
    )
    description = fields.Text()
    date = fields.Date(
        required=True, default=lambda self: self.env.company._credit_today()
    )
    date_closed = fields.Date(readonly=True, copy=False)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("accepted", "Accepted"),
            ("partly", "Partly accepted"),
            ("rejected", "Rejected"),
            ("withdrawn", "Withdrawn"),
        ],
        default="open",
        required=True,
        tracking=True,
        copy=False,
        help="An open dispute stops the reminders of its invoice.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        # Whoever enters it; nobody where a job does.
        default=lambda self: self.env.user.filtered("active"),
    )
    currency_id = fields.Many2one(related="move_id.currency_id")
    amount = fields.Monetary(
        string="Disputed amount",
        tracking=True,
        help="Empty: the whole invoice. The rest is still reminded, unless the scope "
        "says otherwise.",
    )
    amount_disputed = fields.Monetary(
        string="Disputed",
        compute="_compute_amount_disputed",
        help="What is open of it; once it was answered, what it was about.",
    )
    scope = fields.Selection(
        [
            ("amount", "The disputed amount"),
            ("invoice", "The whole invoice"),
            ("debtor", "Everything the debtor owes"),
            ("none", "Nothing"),
        ],
        string="Stops",
        compute="_compute_scope",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    deadline_date = fields.Date(
        string="Answer by",
        compute="_compute_scope",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    answer = fields.Html(help="What the debtor is answered.")
    amount_accepted = fields.Monetary(
        string="Accepted amount", copy=False, tracking=True
    )
    amount_rejected = fields.Monetary(
        string="Not accepted",
        readonly=True,
        copy=False,
        help="What of the disputed amount was not accepted when it was answered in "
        "part.",
    )
    credit_note_id = fields.Many2one(
        "account.move",
        string="Credit note",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    resume_logged = fields.Boolean(readonly=True, copy=False)
    resume_date = fields.Date(
        string="Reminders go on from",
        copy=False,
        help="After what was not accepted: the first day on which its reminders go on.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Attachments", bypass_search_access=True
    )

    _check_amount = models.Constraint(
        "CHECK (amount IS NULL OR amount >= 0)",
        "A disputed amount can't be negative.",
    )
    _check_amount_accepted = models.Constraint(
        "CHECK (amount_accepted IS NULL OR amount_accepted >= 0)",
        "What is accepted can't be less than nothing.",
    )

    # What blocks reminders is looked up for every open item of a company.
    _open_move_idx = models.Index("(move_id) WHERE state = 'open'")
    _open_company_idx = models.Index("(company_id) WHERE state = 'open'")
    _resume_idx = models.Index(
        "(company_id, resume_date) WHERE state IN ('rejected', 'partly') "
        "AND resume_date IS NOT NULL"
    )
    _credited_idx = models.Index(
        "(company_id) WHERE state IN ('accepted', 'partly') "
        "AND credit_note_id IS NOT NULL"
    )

    @api.depends("move_id")
    def _compute_debtor(self):
        for dispute in self:
            dispute.company_id = dispute.move_id.company_id
            dispute.partner_id = dispute.move_id.commercial_partner_id

    @api.depends("amount", "state", "move_id")
    def _compute_amount_disputed(self):
        for dispute in self:
            move = dispute.move_id
            if dispute.state == "open":
                open_ = move.amount_residual
                dispute.amount_disputed = min(dispute.amount or open_, open_)
            else:
                dispute.amount_disputed = dispute.amount or move.amount_total

    @api.depends("move_id")
    def _compute_scope(self):
        """What the policy says, as it is when the dispute begins."""
        for dispute in self:
            policy = self.env["credit.policy"]._answer_policy(dispute._items()._origin)
            dispute.scope = dispute.scope or policy.dispute_scope
            dispute.deadline_date = dispute.deadline_date or fields.Date.add(
                dispute.date or self.env.company._credit_today(),
                days=policy.dispute_days,
            )

    def _moves(self):
        return self.move_id

    def _items(self):
        # EXTENDS credit.claimed.mixin: the receivable ones of the disputed invoice
        return (
            self.sudo()
            .move_id.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            )
            .sorted(lambda line: (line.date_maturity or line.date, line.id))
        )

    @api.constrains("amount", "move_id")
    def _check_disputed_amount(self):
        for dispute in self:
            move = dispute.move_id
            if move.currency_id.compare_amounts(dispute.amount, move.amount_total) > 0:
                raise ValidationError(
                    self.env._("More is disputed than the invoice comes to.")
                )

    def _subject_for_debtor(self):
        # EXTENDS credit.response.mixin
        return self.env._("Your objection to %s", self.move_id.name)

    @api.model
    def _told_fields(self):
        # EXTENDS credit.response.mixin
        return super()._told_fields() | {"description", "date"}

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        disputes = super().create(vals_list)
        disputes._check_only()
        for dispute in disputes.filtered(lambda d: d.state == "open"):
            dispute._log_stop()
            dispute._schedule_answer()
        return disputes

    def _check_only(self):
        """An invoice is contested once at a time, in whole or in part.

        In sudo: also where the user may not see the other dispute.

        :raise UserError: if another dispute of the invoice is open
        """
        own = self.filtered(lambda dispute: dispute.state == "open").sudo()
        running = self.sudo().search(
            Domain("move_id", "in", own.move_id.ids) & Domain("state", "=", "open")
        )
        of_moves = running.grouped("move_id")
        for dispute in own:
            if of_moves.get(dispute.move_id, own.browse()) - dispute:
                raise UserError(
                    self.env._(
                        "%s is disputed already: change that dispute, or answer it "
                        "first.",
                        dispute.move_id.name,
                    )
                )

    @api.model
    def _make(
        self,
        move,
        reason,
        amount=0.0,
        description=None,
        source="portal",
        reminder=None,
        attachments=None,
        scope=None,
    ):
        """Dispute an invoice, or ``amount`` of it in the invoice's currency.

        :param str scope: what it stops; by default what the policy says
        :return: the dispute
        :raise UserError: in words for the debtor, if it can't be disputed so
        """
        if self.search_count([("move_id", "=", move.id), ("state", "=", "open")]):
            raise UserError(self.env._("This invoice is disputed already."))
        if (
            amount < 0
            or move.currency_id.compare_amounts(amount, move.amount_residual) > 0
        ):
            raise UserError(self.env._("This is more than is open."))
        # The whole of what is open is the whole invoice.
        if not move.currency_id.compare_amounts(amount, move.amount_residual):
            amount = 0.0
        company = move.company_id
        debtor = move.commercial_partner_id.with_company(company)
        # A salesperson who does not see the worklist would not see the dispute either.
        seller = move.invoice_user_id.filtered(
            lambda user: (
                user.active and user.has_group("credit_management.group_collector")
            )
        )
        collector = debtor.credit_user_id or seller
        dispute = self._in_house(company, collector).create(
            {
                "move_id": move.id,
                "reason_id": reason.id,
                "amount": amount,
                "description": description,
                "source": source,
                "reminder_id": reminder.id if reminder else False,
                "date": company._credit_today(),
                "attachment_ids": [
                    fields.Command.set((attachments or []) and attachments.ids)
                ],
                "user_id": collector.id,
                **({"scope": scope} if scope else {}),
            }
        )
        return dispute.with_env(self.env)

    @api.model
    def _rejected_lately(self, moves):
        """Those of some invoices of a company of which a dispute was rejected not long
        ago."""
        since = fields.Date.subtract(moves.company_id._credit_today(), days=REPEAT_DAYS)
        return self.search(
            Domain("move_id", "in", moves.ids)
            & Domain("state", "=", "rejected")
            & Domain("date_closed", ">", since)
        ).move_id

    def _log_stop(self):
        self.ensure_one()
        if self.amount and self.scope == "amount":
            text = self.env._(
                "%(amount)s disputed (%(reason)s): the rest is still reminded.",
                amount=self.currency_id.format(self.amount),
                reason=self.reason_id.name,
            )
        elif self.scope == "none":
            text = self.env._(
                "Disputed (%s): reminders go on meanwhile.", self.reason_id.name
            )
        else:
            text = self.env._("Disputed (%s): no reminders.", self.reason_id.name)
        self.move_id._credit_log(text)

    def _schedule_answer(self):
        """An activity for whoever has to answer, on the day it has to be done by."""
        self.ensure_one()
        if self.user_id and self.deadline_date:
            # Who is assigned hears of it by e-mail, and visitors of the page have no
            # address from which it could come.
            visitor = not self.env.user._is_internal()
            record = self.with_user(SUPERUSER_ID) if visitor else self
            record.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.deadline_date,
                user_id=self.user_id.id,
                summary=self.env._("Answer the dispute"),
            )
