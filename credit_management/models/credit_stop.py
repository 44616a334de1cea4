"""The stop switch: one company, every channel, at once."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_datetime


class CreditStop(models.Model):
    """A time during which no reminder of a company leaves, and who asked for it.

    Switched on and off, never changed or deleted: the list is its own log.
    """

    _name = "credit.stop"
    _description = "Stop of All Reminders"
    _order = "date desc, id desc"
    _rec_name = "reason"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    reason = fields.Char(required=True)
    user_id = fields.Many2one("res.users", string="Stopped by", readonly=True)
    date = fields.Datetime(
        string="Stopped at", required=True, readonly=True, default=fields.Datetime.now
    )
    end_user_id = fields.Many2one("res.users", string="Let go by", readonly=True)
    date_end = fields.Datetime(string="Let go at", readonly=True)
    text = fields.Char(compute="_compute_text")

    _on_idx = models.UniqueIndex(
        "(company_id) WHERE date_end IS NULL",
        "All reminders of this company are stopped already.",
    )

    @api.depends("company_id", "reason", "user_id", "date")
    @api.depends_context("lang", "tz")
    def _compute_text(self):
        for stop in self:
            stop.text = self.env._(
                "Nothing leaves from %(company)s: stopped by %(user)s, %(date)s."
                " %(reason)s",
                company=stop.company_id.name,
                user=stop.user_id.name or self.env._("the system"),
                date=format_datetime(self.env, stop.date),
                reason=stop.reason,
            )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base: who and when are no matter of choice
        now = fields.Datetime.now()
        return super().create(
            [
                {"reason": vals.get("reason"), "user_id": self.env.uid, "date": now}
                | {key: vals[key] for key in ("company_id",) if key in vals}
                for vals in vals_list
            ]
        )

    def action_release(self):
        """Let reminders leave again."""
        if not self.env.user.has_group("credit_management.group_manager"):
            raise AccessError(
                self.env._("Only managers of credit let reminders go again.")
            )
        self.check_access("read")
        on = self.filtered(lambda stop: not stop.date_end)
        on.sudo().write(
            {"end_user_id": self.env.uid, "date_end": fields.Datetime.now()}
        )
        if on:
            self.env["credit.reminder"]._trigger_delivery()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    @api.readonly
    def banner(self):
        """What lists show on top while something is stopped.

        :return: ``[{"id", "text"}]``, one for each stopped company that is selected
        """
        stops = self._current(self.env.companies)
        return [{"id": stop.id, "text": stop.text} for stop in stops]

    @api.model
    def _current(self, companies):
        """The stops that are on in some companies."""
        return self.search(
            [("company_id", "in", companies.ids), ("date_end", "=", False)]
        )


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    @api.model
    def _may_leave_sql(self):
        # EXTENDS credit.channel: the stop switch
        return SQL(
            """%s AND NOT EXISTS (
                    SELECT FROM credit_stop
                     WHERE credit_stop.company_id = credit_reminder.company_id
                       AND credit_stop.date_end IS NULL)""",
            super()._may_leave_sql(),
        )


class CreditTask(models.Model):
    _inherit = "credit.task"

    stop_text = fields.Char(compute="_compute_stop_text")

    @api.depends("company_id")
    def _compute_stop_text(self):
        stops = self.env["credit.stop"]._current(self.company_id)
        texts = {stop.company_id: stop.text for stop in stops}
        for task in self:
            task.stop_text = texts.get(task.company_id)
