from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.credit_visit import minutes


class CreditVisitPlan(models.TransientModel):
    """Plan visits for many reminders: a day for one visitor, in the order of towns."""

    _name = "credit.visit.plan"
    _description = "Plan Visits"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users", string="Own visitor", domain=[("share", "=", False)]
    )
    firm_id = fields.Many2one("res.partner", string="Visiting firm", check_company=True)
    date = fields.Date(
        required=True,
        default=lambda self: fields.Date.add(self.env.company._credit_today(), days=1),
    )
    hour_from = fields.Float(string="From", required=True, default=9.0)
    hour_to = fields.Float(string="To", required=True, default=17.0)
    place = fields.Char(
        string="Where",
        help="Only postcodes that begin like this, or towns of this name; several with "
        "commas between them.",
    )
    reminder_ids = fields.Many2many(
        "credit.reminder",
        string="Reminders",
        default=lambda self: self._waiting(self.env.company),
        domain="[('company_id', '=', company_id), ('channel', '=', 'visit'),"
        " ('state', '=', 'to_approve')]",
    )
    fitting_ids = fields.Many2many(
        "credit.reminder",
        "credit_visit_plan_fitting_rel",
        string="On the route",
        compute="_compute_fitting",
    )
    problem_text = fields.Text(string="Left out", compute="_compute_fitting")

    @api.model
    def _waiting(self, company):
        """Reminders that wait for a visit and have none planned."""
        return self.env["credit.reminder"].search(
            Domain("company_id", "=", company.id)
            & Domain("channel", "=", "visit")
            & Domain("state", "=", "to_approve")
            & ~Domain("visit_ids.state", "=", "planned")
        )

    @api.depends("reminder_ids", "date", "hour_from", "hour_to", "place")
    def _compute_fitting(self):
        for wizard in self:
            reminders = wizard.reminder_ids._origin.filtered(wizard._is_there)
            problems = {}
            start, stop = minutes(wizard.hour_from), minutes(wizard.hour_to)
            if reminders and wizard.date and start < stop:
                problems = reminders._visit_problems(wizard.date, start, stop)
                free = reminders.filtered(lambda r, out=problems: r not in out)
                problems |= wizard._second_visits(free)
            fitting = reminders.filtered(lambda r, out=problems: r not in out)
            wizard.fitting_ids = fitting
            wizard.problem_text = "\n".join(
                f"{reminder.partner_id.display_name}: {text}"
                for reminder, text in problems.items()
            )

    def _second_visits(self, reminders):
        """Those whose debtor is visited that day for another one: {reminder: text}."""
        first, second = set(), {}
        for reminder in reminders.sorted("id"):
            if reminder.partner_id in first:
                second[reminder] = self.env._(
                    "%s: one visit a day; the visitor sees all that is owed.",
                    reminder.name,
                )
            first.add(reminder.partner_id)
        return second

    def _is_there(self, reminder):
        """Whether the debtor lives in one of the places that were asked for."""
        wanted = [part.strip().casefold() for part in (self.place or "").split(",")]
        wanted = [part for part in wanted if part]
        address = reminder.contact_id or reminder.partner_id
        town = (address.city or "").casefold()
        code = (address.zip or "").casefold()
        return not wanted or any(
            code.startswith(part) or town == part for part in wanted
        )

    def action_plan(self):
        """Plan the visits and open the round."""
        self.ensure_one()
        if not self.fitting_ids:
            raise UserError(
                self.env._("Nobody can be visited then: choose another day or hours.")
            )
        visits = self.env["credit.visit"].create(
            [
                {
                    "company_id": self.company_id.id,
                    "reminder_id": reminder.id,
                    "user_id": self.user_id.id,
                    "firm_id": self.firm_id.id,
                    "date": self.date,
                    "hour_from": self.hour_from,
                    "hour_to": self.hour_to,
                }
                for reminder in self.fitting_ids
            ]
        )
        return visits.round_id._get_records_action()
