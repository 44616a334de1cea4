from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

#: Days back in which the end of a hold is still written down.
RESUME_HORIZON = 7


class CreditHold(models.Model):
    _name = "credit.hold"
    _description = "Credit Hold"
    _inherit = ["credit.house.mixin", "mail.thread"]
    _order = "date_end desc, id desc"
    _check_company_auto = True
    _rec_name = "reason"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        check_company=True,
        tracking=True,
        help="Everything the debtor owes is held, or one invoice only.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        index="btree_not_null",
        check_company=True,
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted')]",
        tracking=True,
    )
    date_start = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env.company._credit_today(),
        tracking=True,
    )
    date_end = fields.Date(
        string="Until",
        required=True,
        tracking=True,
        help="The last day of the hold. Reminders resume on the day after it.",
    )
    reason = fields.Char(required=True, tracking=True)
    user_id = fields.Many2one(
        "res.users",
        string="Author",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    suspends_interest = fields.Boolean(
        string="No interest meanwhile",
        tracking=True,
        help="A moratorium: no interest runs during the hold.",
    )
    active = fields.Boolean(default=True, tracking=True)
    resume_logged = fields.Boolean(readonly=True, copy=False)
    is_current = fields.Boolean(
        compute="_compute_is_current", search="_search_is_current"
    )

    _check_dates = models.Constraint(
        "CHECK (date_end >= date_start)", "A hold can't end before it begins."
    )

    @api.depends("move_id")
    def _compute_partner_id(self):
        for hold in self:
            partner = hold.move_id.partner_id or hold.partner_id
            hold.partner_id = partner.commercial_partner_id

    @api.depends("date_start", "date_end", "active")
    @api.depends_context("company")
    def _compute_is_current(self):
        for hold in self:
            today = hold.company_id._credit_today()
            hold.is_current = (
                hold.active
                and bool(hold.date_start and hold.date_end)
                and hold.date_start <= today <= hold.date_end
            )

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._credit_today()
        domain = fields.Domain("active", "=", True)
        domain &= fields.Domain("date_start", "<=", today)
        domain &= fields.Domain("date_end", ">=", today)
        return domain if True in value else ~domain

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        holds = super().create([self._debtor_vals(vals) for vals in vals_list])
        for hold in holds:
            hold._moves()._credit_log(
                self.env._(
                    "On hold until %(day)s: %(reason)s",
                    day=format_date(self.env, hold.date_end),
                    reason=hold.reason,
                )
            )
        return holds

    def write(self, vals):
        # EXTENDS base
        return super().write(self._debtor_vals(vals))

    @api.model
    def _debtor_vals(self, vals):
        """A hold on a contact is one on the debtor it belongs to."""
        if not vals.get("partner_id"):
            return vals
        partner = self.env["res.partner"].browse(vals["partner_id"])
        return {**vals, "partner_id": partner.commercial_partner_id.id}

    def _moves(self):
        """The invoices that the hold stops."""
        self.ensure_one()
        if self.move_id:
            return self.move_id
        items = (
            self.env["credit.answer"]
            .sudo()
            ._open_items(self.partner_id, self.company_id)
        )
        return items.move_id

    @api.constrains("partner_id", "move_id")
    def _check_partner(self):
        for hold in self.filtered("move_id"):
            if hold.move_id.commercial_partner_id != hold.partner_id:
                raise ValidationError(
                    self.env._("The invoice %s is another debtor's.", hold.move_id.name)
                )

    def action_release(self):
        """End the hold now; it stays on record."""
        self.active = False
        for hold in self:
            hold._moves()._credit_log(
                self.env._("The hold was ended: reminders go on.")
            )

    @api.model
    def _cron_resume(self):
        """Note on the invoices that a hold, a delay or a search is over.

        Reminders go on by themselves; this only writes it down, once. What ended long
        ago is passed over: a company that begins today has no history to write.
        """
        done = 0
        for company in self.env["res.company"].search([("active", "=", True)]):
            today = company._credit_today()
            ended = Domain("company_id", "=", company.id) & Domain(
                "resume_logged", "=", False
            )
            since = fields.Date.subtract(today, days=RESUME_HORIZON)
            domains = {
                "credit.hold": Domain("date_end", "<", today)
                & Domain("date_end", ">=", since),
                "credit.answer": Domain("state", "=", "new")
                & Domain("hold_until", "<", today)
                & Domain("hold_until", ">=", since),
                "credit.plan": Domain("state", "=", "requested")
                & Domain("hold_until", "<", today)
                & Domain("hold_until", ">=", since),
                "credit.dispute": Domain("state", "in", ("rejected", "partly"))
                & Domain("resume_date", "<=", today)
                & Domain("resume_date", ">=", since),
            }
            for model, domain in domains.items():
                records = self.env[model].search(ended & domain)
                records = records.try_lock_for_update()
                for record in records:
                    is_message = model == "credit.answer" and record.kind != "paid"
                    texts = self._resume_texts(record._in_house().env)
                    record._moves()._credit_log(
                        texts["message" if is_message else model]
                    )
                records.resume_logged = True
                done += len(records)
        self.env["ir.cron"]._commit_progress(done)

    @api.model
    def _resume_texts(self, env):
        """Why reminders go on, by what held them, in the language of ``env``."""
        _ = env._
        return {
            "credit.hold": _("The hold is over: reminders go on."),
            "credit.answer": _(
                "The days to look for the payment are over: reminders go on."
            ),
            "message": _("The days to answer the message are over: reminders go on."),
            "credit.plan": _(
                "The days to decide on the payment plan are over: reminders go on."
            ),
            "credit.dispute": _(
                "The delay after the dispute is over: reminders go on."
            ),
        }
