from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .credit_policy_step import MANUAL_CHANNELS

OPEN_STATES = ("to_approve", "queued")

#: What a reminder said, to whom and when: settled once it has left.
EVIDENCE = {
    "name",
    "company_id",
    "partner_id",
    "contact_id",
    "currency_id",
    "policy_id",
    "step_id",
    "is_thanks",
    "channel",
    "state",
    "skipped",
    "date",
    "date_sent",
    "date_done",
    "deadline_date",
    "wait_until",
    "line_ids",
    "amount_residual",
    "amount_credit",
    "amount_interest",
    "amount_indemnity",
    "amount_fee",
    "amount_carried",
    "charges",
    "amount_total",
    "personal_note",
    "mail_id",
    "letter_id",
}


class CreditReminder(models.Model):
    _name = "credit.reminder"
    _description = "Reminder"
    _inherit = ["credit.channel", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(
        string="Reference",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env["ir.sequence"].next_by_code("credit.reminder"),
    )
    run_id = fields.Many2one(
        "credit.run", index=True, readonly=True, ondelete="restrict"
    )
    origin = fields.Selection(
        [
            ("run", "Run"),
            ("manual", "By hand"),
            ("import", "Imported history"),
        ],
        default="manual",
        required=True,
        readonly=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Debtor", required=True, index=True, readonly=True
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Recipient",
        domain="[('commercial_partner_id', '=', partner_id)]",
        tracking=True,
    )
    contact_phone = fields.Char(string="Phone", compute="_compute_contact_phone")
    user_id = fields.Many2one("res.users", string="Collector", index="btree_not_null")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    policy_id = fields.Many2one("credit.policy", readonly=True)
    step_id = fields.Many2one(
        "credit.policy.step", required=True, index=True, readonly=True
    )
    is_thanks = fields.Boolean(
        string="Thank-you",
        readonly=True,
        help="Thanks for a payment: it asks for nothing.",
    )
    group_key = fields.Integer(
        readonly=True,
        help="The invoice, where the policy makes one reminder per invoice.",
    )
    channel = fields.Selection(
        selection=lambda self: self.env["credit.policy.step"]._selection_channel(),
        required=True,
        tracking=True,
    )
    state = fields.Selection(
        [
            ("to_approve", "To do"),
            ("queued", "Queued"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        default="to_approve",
        required=True,
        readonly=True,
        copy=False,
    )
    skipped = fields.Boolean(
        string="Passed over",
        readonly=True,
        copy=False,
        help="The step counts as done although nothing left: the next one follows.",
    )
    delivery_state = fields.Selection(
        [
            ("pending", "Pending"),
            ("delivered", "Delivered"),
            ("opened", "Opened"),
            ("replied", "Replied"),
            ("bounced", "Bounced"),
        ],
        readonly=True,
        copy=False,
        tracking=True,
        help="What became of the reminder after it left.",
    )
    date_opened = fields.Datetime(
        string="Opened at",
        readonly=True,
        copy=False,
        help="When the debtor first opened the page of this reminder.",
    )
    date = fields.Date(string="Proposed on", required=True, readonly=True, index=True)
    date_sent = fields.Datetime(string="Sent at", readonly=True, copy=False)
    date_done = fields.Date(
        string="Sent on",
        readonly=True,
        copy=False,
        help="The day in the company's time zone on which the reminder left or its "
        "step was passed over. The next step counts from it.",
    )
    deadline_date = fields.Date(
        string="To be paid by",
        readonly=True,
        copy=False,
        help="The last day of the time given to the debtor.",
    )
    wait_until = fields.Date(
        string="Waiting period until",
        readonly=True,
        copy=False,
        help="The last day of the waiting period that the law sets after this "
        "reminder: no charges, and no next step, before it is over.",
    )
    wait_article = fields.Char(readonly=True, copy=False)
    line_ids = fields.One2many("credit.reminder.line", "reminder_id", copy=True)
    line_count = fields.Integer(compute="_compute_line_count")
    amount_residual = fields.Monetary(string="Open amount", readonly=True)
    amount_credit = fields.Monetary(
        string="Credits",
        readonly=True,
        help="Credit notes and payments of the debtor that are not matched yet.",
    )
    amount_interest = fields.Monetary(string="Interest", readonly=True)
    amount_indemnity = fields.Monetary(string="Indemnity", readonly=True)
    amount_fee = fields.Monetary(
        string="Fees", readonly=True, help="Reminder fee and collection costs."
    )
    amount_carried = fields.Monetary(
        string="Earlier charges",
        readonly=True,
        help="Charges of earlier reminders that are still owed, for what is paid or "
        "for nothing in particular.",
    )
    charges = fields.Json(
        readonly=True,
        copy=False,
        help="Which charges are asked for and on what basis, and which are left out "
        "and why.",
    )
    charge_ids = fields.One2many("credit.charge", "reminder_id", readonly=True)
    amount_total = fields.Monetary(
        string="To pay",
        readonly=True,
        help="Open amounts and charges less the credits.",
    )
    amount_overdue = fields.Monetary(compute="_compute_amount_overdue")
    personal_note = fields.Html(
        help="Added to the message, in front of the table of invoices.",
        translate=False,
    )
    failure_reason = fields.Text(readonly=True, copy=False)
    fallback_of_id = fields.Many2one(
        "credit.reminder",
        string="Takes over from",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    fallback_ids = fields.One2many(
        "credit.reminder", "fallback_of_id", string="Taken over by", readonly=True
    )
    mail_id = fields.Many2one(
        "mail.mail", string="E-mail", readonly=True, copy=False, index="btree_not_null"
    )
    letter_id = fields.Many2one("ir.attachment", readonly=True, copy=False)
    printed = fields.Boolean(readonly=True, copy=False)
    access_version = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Raised to revoke the links that were sent.",
    )

    # The daily questions: what waits, what failed, who was contacted lately. Sent
    # reminders are the many; the partial index holds the few that are not.
    _company_day_idx = models.Index("(company_id, date_done)")
    _under_way_idx = models.Index(
        "(company_id, state, id) WHERE state IN ('to_approve', 'queued', 'failed')"
    )
    _bounced_idx = models.Index("(company_id) WHERE delivery_state = 'bounced'")
    _replied_idx = models.Index("(company_id) WHERE delivery_state = 'replied'")
    _unprinted_idx = models.Index(
        "(company_id) WHERE state = 'sent' AND letter_id IS NOT NULL "
        "AND printed IS NOT TRUE"
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("line_ids")
    def _compute_line_count(self):
        for reminder in self:
            reminder.line_count = len(reminder.line_ids)

    @api.depends("line_ids.amount_residual", "line_ids.days_overdue")
    def _compute_amount_overdue(self):
        for reminder in self:
            overdue = reminder.line_ids.filtered(lambda line: line.days_overdue > 0)
            reminder.amount_overdue = sum(overdue.mapped("amount_residual"))

    @api.depends("contact_id.phone", "partner_id.phone")
    def _compute_contact_phone(self):
        for reminder in self:
            contact = reminder.contact_id
            reminder.contact_phone = contact.phone or reminder.partner_id.phone

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for reminder in self:
            reminder.display_name = f"{reminder.name} {reminder.partner_id.name or ''}"

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        # EXTENDS base
        if not self.env.su and not self._evidence_fields().isdisjoint(vals):
            self._check_not_left()
        return super().write(vals)

    @api.model
    def _evidence_fields(self):
        """Names of the fields that nobody changes once a reminder has left."""
        return EVIDENCE

    def _check_not_left(self):
        if "sent" in self.sudo().mapped("state"):
            raise UserError(
                self.env._("A reminder that left is evidence: it can't be changed.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if any(reminder.state in ("sent", "failed") for reminder in self):
            raise UserError(
                self.env._("A reminder that left is evidence: it can't be deleted.")
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_approve(self):
        """Let the reminders go: they are delivered within moments.

        Approving twice is harmless. A call or a visit is not sent but done: it stays
        with the person who makes it.
        """
        self.check_access("write")
        waiting = self._lock_open("to_approve").filtered(
            lambda reminder: reminder.channel not in MANUAL_CHANNELS
        )
        waiting.state = "queued"
        waiting._trigger_delivery()
        return True

    def action_mark_done(self):
        """Note that a call, a visit or a letter handled by hand has been made."""
        self.check_access("write")
        for reminder in self._lock_open("to_approve"):
            if reminder._recheck():
                reminder._register_sent(delivery_state="delivered")
                reminder._message_log(body=self.env._("Done by hand."))
        return True

    def action_cancel(self):
        """Drop the reminders. Their items may be proposed again on a later day."""
        self.check_access("write")
        open_reminders = self._lock_open(*OPEN_STATES, "failed")
        open_reminders.state = "cancelled"
        return True

    def action_skip(self):
        """Drop the reminders and count their steps as done."""
        self.check_access("write")
        for reminder in self._lock_open(*OPEN_STATES, "failed"):
            if any(reminder.line_ids.step_id.mapped("legally_required")):
                raise UserError(
                    self.env._(
                        "“%s” is required by law and can't be passed over.",
                        reminder.step_id.name,
                    )
                )
            reminder._leave_lower_steps()
            reminder.write(
                {
                    "state": "cancelled",
                    "skipped": True,
                    "date_done": reminder.company_id._credit_today(),
                    # What nobody read gave no time to pay.
                    "deadline_date": False,
                    "wait_until": False,
                }
            )
        return True

    def _leave_lower_steps(self):
        """Let go of the items that only came along, before the step is passed over.

        Their own step was not done, and is proposed again.
        """
        self.line_ids.filtered(
            lambda line: line.step_id != line.reminder_id.step_id
        ).unlink()

    def action_retry(self):
        """Send failed reminders again, and bounced ones anew."""
        self.check_access("write")
        failed = self._lock_open("failed")
        self._check_no_successor()
        failed.write({"state": "queued", "failure_reason": False, "attempts": 0})
        bounced = self.filtered(
            lambda r: (
                r.state == "sent"
                and r.delivery_state == "bounced"
                # What takes over from it goes already.
                and not r.fallback_ids & failed
            )
        )
        again = self.browse()
        for reminder in bounced:
            again |= reminder._duplicate_for_channel(reminder.channel, "queued")
        (failed | again)._trigger_delivery()
        return True

    def _check_no_successor(self):
        """Nobody gets the same reminder twice because somebody clicked twice."""
        successor = self.search(
            Domain("fallback_of_id", "in", self.ids)
            & Domain("state", "in", (*OPEN_STATES, "sent"))
            & Domain("delivery_state", "!=", "bounced"),
            limit=1,
        )
        if successor:
            raise UserError(
                self.env._(
                    "%(successor)s has taken over from %(reminder)s already.",
                    successor=successor.name,
                    reminder=successor.fallback_of_id.name,
                )
            )

    def action_view_lines(self):
        """Open the claimed items, as the list of open items shows them."""
        view = self.env.ref("credit_management.credit_item_view_list")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Items of %s", self.name),
            "res_model": "account.move.line",
            "view_mode": "list",
            "views": [(view.id, "list")],
            "domain": [("id", "in", self.line_ids.move_line_id.ids)],
        }

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _lock_open(self, *states):
        """Lock the reminders and keep those still in one of ``states``.

        A reminder that another worker holds is being sent at this very moment.
        """
        locked = self.try_lock_for_update(allow_referencing=True)
        if locked != self:
            raise UserError(
                self.env._("Some of these reminders are being sent just now.")
            )
        locked.invalidate_recordset(["state"])
        return locked.filtered(lambda reminder: reminder.state in states)

    @api.model
    def _trigger_delivery(self, minutes=0):
        """Have the delivery run, now or in some minutes."""
        at = fields.Datetime.add(fields.Datetime.now(), minutes=minutes)
        self.env.ref("credit_management.ir_cron_deliver").sudo()._trigger(at=at)

    def _register_sent(self, **values):
        """Record that the reminders have left.

        ``date_done`` is the day in the company's time zone: the clock of the next step
        starts on it. The deadline, the waiting period and the charges are those of the
        last check, which the debtor reads.
        """
        now = fields.Datetime.now()
        for company, batch in self.grouped("company_id").items():
            batch.with_context(tracking_disable=True).write(
                {
                    "state": "sent",
                    "date_sent": now,
                    "date_done": company._credit_today(),
                    "failure_reason": False,
                    "delivery_state": "pending",
                    **values,
                }
            )
        self._register_charges()

    def _register_failure(self, reason, fall_back=True):
        """Record that a reminder could not leave, or came back.

        A failure is no contact. Where the step names a fallback channel, a new
        reminder for it takes over at once.

        :param str reason: for the person who can mend it
        :param bool fall_back: whether the debtor cannot be reached by this channel;
            a fault of ours, such as a broken template, is no reason to write letters
        """
        for reminder in self:
            if reminder.state == "sent":
                reminder.write({"delivery_state": "bounced", "failure_reason": reason})
                # What nobody read was not claimed.
                reminder.sudo().charge_ids._take_back()
            elif reminder.is_thanks:
                # Nobody is asked to mend an address in order to say thanks.
                reminder.write({"state": "cancelled", "failure_reason": reason})
            else:
                reminder.write({"state": "failed", "failure_reason": reason})
            fallback = reminder.step_id.fallback_channel
            if fall_back and fallback and reminder.channel != fallback:
                state = "queued"
                if (
                    reminder.step_id.automation == "manual"
                    or fallback in MANUAL_CHANNELS
                ):
                    state = "to_approve"
                reminder._duplicate_for_channel(fallback, state)

    def _duplicate_for_channel(self, channel, state):
        self.ensure_one()
        return self.with_context(tracking_disable=True).copy(
            {
                "channel": channel,
                "state": state,
                "date": self.company_id._credit_today(),
                "fallback_of_id": self.id,
                "company_id": self.company_id.id,
            }
        )

    @api.model
    def _import_position(self, items_by_step, date=None):
        """Take over how far items had come before this addon was there.

        :param dict items_by_step: ``credit.policy.step`` record -> journal items for
            which it was the last step that was taken
        :param date date: the day it was taken, by default the day of the import
        :return: the reminders that hold the position, one per debtor, currency and step
        """
        vals_list = []
        for step, items in items_by_step.items():
            if step.trigger == "payment":
                raise ValidationError(
                    self.env._("“%s” thanks for a payment: nothing is open.", step.name)
                )
            groups = items.grouped(
                lambda item: (
                    item.company_id,
                    item.partner_id.commercial_partner_id,
                    item.currency_id,
                )
            )
            for (company, debtor, currency), group in groups.items():
                today = company._credit_today()
                day = date or today
                residual = sum(group.mapped("amount_residual_currency"))
                vals_list.append(
                    {
                        "origin": "import",
                        "company_id": company.id,
                        "partner_id": debtor.id,
                        "currency_id": currency.id,
                        "policy_id": step.policy_id.id,
                        "step_id": step.id,
                        "channel": step.channel,
                        "state": "sent",
                        "date": day,
                        "date_done": day,
                        "amount_residual": residual,
                        "amount_total": residual,
                        "line_ids": [
                            fields.Command.create(
                                {
                                    "move_line_id": item.id,
                                    "step_id": step.id,
                                    "currency_id": currency.id,
                                    "amount_residual": item.amount_residual_currency,
                                    "days_overdue": (
                                        day - (item.date_maturity or item.date)
                                    ).days,
                                }
                            )
                            for item in group
                        ],
                    }
                )
        return self.sudo().with_context(tracking_disable=True).create(vals_list)

    # ------------------------------------------------------------------
    # Mail thread
    # ------------------------------------------------------------------

    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["contact_id"]

    def _mail_get_companies(self, default=None):
        # EXTENDS mail; avoids a lookup per record
        return {reminder.id: reminder.company_id for reminder in self}

    def _message_receive_bounce(self, email, partner):
        # EXTENDS mail: the address of the debtor is wrong
        result = super()._message_receive_bounce(email, partner)
        for reminder in self:
            if reminder.state == "sent" and reminder.delivery_state != "bounced":
                reminder._register_failure(
                    self.env._("The e-mail to %s came back undelivered.", email)
                )
        return result

    def _message_post_after_hook(self, message, msg_vals):
        # EXTENDS mail: an answer by e-mail from outside
        result = super()._message_post_after_hook(message, msg_vals)
        if message.message_type == "email" and self.state == "sent":
            author = message.author_id
            if not author.user_ids.filtered(lambda user: user._is_internal()):
                self.sudo().delivery_state = "replied"
        return result

    @api.model
    def _next_names_sql(self):
        """SQL that takes the next reference, for reminders created by the thousand."""
        sequence = self.env.ref("credit_management.sequence_reminder").sudo()
        prefix, suffix = sequence._get_prefix_suffix()
        return SQL(
            "%s || LPAD(NEXTVAL(%s)::text, %s, '0') || %s",
            prefix,
            f"ir_sequence_{sequence.id:03d}",
            sequence.padding,
            suffix,
        )
