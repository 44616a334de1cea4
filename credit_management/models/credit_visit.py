"""Appointments at the door of a debtor."""

from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..engine import route
from .credit_visit_words import REPORTED, SETTLED

STATES = [
    ("planned", "Planned"),
    ("done", "Done"),
    ("missed", "Missed"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
]


class CreditVisit(models.Model):
    """Somebody goes to a debtor on a day, within hours of the debtor's own clock.

    The visitor is one of our own users or a partner: a firm, or a person of it. Visits
    of one visitor on one day are a round. What came of the visit is told by its report,
    see ``credit_visit_report``.
    """

    _name = "credit.visit"
    _description = "Visit"
    _inherit = [
        "credit.number.mixin",
        "credit.house.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date desc, round_id, sequence, id"
    _check_company_auto = True
    _mail_post_access = "read"

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
    )
    reminder_id = fields.Many2one(
        "credit.reminder",
        index="btree_not_null",
        check_company=True,
        ondelete="set null",
        domain="[('channel', '=', 'visit'), ('state', '=', 'to_approve'),"
        " ('company_id', '=', company_id)]",
        help="The step that the visit makes.",
    )
    address_id = fields.Many2one(
        "res.partner",
        compute="_compute_address_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        check_company=True,
        domain="[('commercial_partner_id', '=', partner_id)]",
        help="Where the visitor goes.",
    )
    zip = fields.Char(related="address_id.zip", store=True)
    city = fields.Char(string="Town", related="address_id.city", store=True)
    user_id = fields.Many2one(
        "res.users",
        string="Own visitor",
        domain=[("share", "=", False)],
        index="btree_not_null",
        tracking=True,
    )
    firm_id = fields.Many2one(
        "res.partner",
        string="Visiting firm",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        help="A firm that visits for us, or one of its people. It sees its visits of a "
        "day by a link, and nothing else.",
    )
    visitor_name = fields.Char(compute="_compute_visitor_name")
    date = fields.Date(
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.company._credit_today() + timedelta(days=1),
    )
    hour_from = fields.Float(string="From", required=True, default=9.0, aggregator=None)
    hour_to = fields.Float(string="To", required=True, default=17.0, aggregator=None)
    start_at = fields.Datetime(
        string="Begins", compute="_compute_moments", store=True, precompute=True
    )
    stop_at = fields.Datetime(
        string="Ends", compute="_compute_moments", store=True, precompute=True
    )
    round_id = fields.Many2one(
        "credit.visit.round",
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
    )
    sequence = fields.Integer(default=10, help="The place on the route.")
    state = fields.Selection(
        STATES,
        default="planned",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    cancel_reason = fields.Char(readonly=True, copy=False)
    replaces_id = fields.Many2one(
        "credit.visit",
        string="Planned again after",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    attempt = fields.Integer(
        compute="_compute_attempt",
        help="Visits for the same reminder up to this one.",
    )
    note = fields.Text(
        string="For the visitor", help="The bell, the dog, when somebody is there."
    )
    map_url = fields.Char(string="Map", compute="_compute_map_url")

    _check_hours = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_from < hour_to AND hour_to <= 24)",
        "A visit begins before it ends, on the same day.",
    )
    _planned_idx = models.Index("(company_id, date) WHERE state = 'planned'")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("reminder_id")
    def _compute_partner_id(self):
        for visit in self:
            partner = visit.reminder_id.partner_id or visit.partner_id
            visit.partner_id = partner.commercial_partner_id

    @api.depends("partner_id", "reminder_id")
    def _compute_address_id(self):
        for visit in self:
            visit.address_id = visit.reminder_id.contact_id or visit.partner_id

    @api.depends("user_id", "firm_id")
    def _compute_visitor_name(self):
        for visit in self:
            visitor = visit.sudo()
            visit.visitor_name = visitor.user_id.name or visitor.firm_id.display_name

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for visit in self:
            visit.display_name = f"{visit.name} {visit.partner_id.name or ''}".strip()

    @api.depends("date", "hour_from", "hour_to", "address_id", "company_id")
    def _compute_moments(self):
        for visit in self:
            visit.start_at = visit.stop_at = False
            if visit.date and visit.address_id:
                zone = visit._as_reminder()._contact_place(())[0][0]
                visit.start_at = moment(visit.date, minutes(visit.hour_from), zone)
                visit.stop_at = moment(visit.date, minutes(visit.hour_to), zone)

    def _compute_attempt(self):
        counts = {}
        for visit in self.search(
            [
                ("reminder_id", "in", self.reminder_id.ids),
                ("state", "!=", "cancelled"),
            ],
            order="date, id",
        ):
            counts.setdefault(visit.reminder_id, []).append(visit.id)
        for visit in self:
            same = counts.get(visit.reminder_id, [])
            place = same.index(visit.id) + 1 if visit.id in same else len(same) + 1
            visit.attempt = place if visit.reminder_id else 1

    @api.depends("address_id")
    def _compute_map_url(self):
        for visit in self:
            visit.map_url = visit.address_id._credit_map_links()["https"]

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("user_id", "firm_id", "state")
    def _check_visitor(self):
        for visit in self.filtered(lambda v: v.state == "planned"):
            if bool(visit.user_id) == bool(visit.firm_id):
                raise ValidationError(
                    self.env._(
                        "Say who visits: one of your own users, or a firm and not both."
                    )
                )

    @api.constrains(
        "date", "hour_from", "hour_to", "partner_id", "reminder_id", "state"
    )
    def _check_allowed(self):
        """Inside legal hours, and never where the debtor has refused visits.

        :raise ValidationError: with the reason, in words
        """
        planned = self.filtered(lambda visit: visit.state == "planned")
        # Two who plan for one debtor at the same moment would not see each other.
        self.env["credit.contact.turn"]._take(
            {(visit.company_id.id, visit.partner_id.id) for visit in planned}
        )
        for (day, start, stop), visits in planned.grouped(
            lambda v: (v.date, minutes(v.hour_from), minutes(v.hour_to))
        ).items():
            stand_ins = {visit._as_reminder(): visit for visit in visits}
            reminders = self.env["credit.reminder"].concat(*stand_ins)
            # They are planned for that day by now, and are asked about themselves.
            asking = reminders.with_context(credit_visits_asked=planned.ids)
            problems = asking._visit_problems(day, start, stop)
            for reminder, text in problems.items():
                raise ValidationError(
                    self.env._(
                        "%(field)s: %(text)s",
                        field=stand_ins[reminder].partner_id.display_name,
                        text=text,
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        for vals in vals_list:
            self._check_written(vals)
        visits = super().create(vals_list)
        visits._number_receipts()
        visits._assign_rounds()
        return visits

    def write(self, vals):
        # EXTENDS base
        self._check_written(vals)
        result = super().write(vals)
        if {"date", "user_id", "firm_id", "company_id"} & vals.keys():
            self._assign_rounds()
        return result

    def _check_written(self, vals):
        """Nobody writes by hand what visitors report, or what it was about.

        :raise UserError: if somebody tries to
        """
        if self.env.su:
            return
        reported = any(visit.reported_at for visit in self.sudo())
        if not REPORTED.isdisjoint(vals) or (reported and not SETTLED.isdisjoint(vals)):
            raise UserError(
                self.env._("What a visitor reported is evidence: it stays as it is.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reported(self):
        if any(visit.reported_at for visit in self):
            raise UserError(
                self.env._("A visit that was made is evidence: it can't be deleted.")
            )

    def _credit_proving(self):
        # EXTENDS mail.thread of this addon
        return self.filtered("reported_at")

    def _assign_rounds(self):
        """Put each visit into the round of its visitor on its day."""
        round_model = self.env["credit.visit.round"].sudo()
        for key, visits in self.sudo().grouped(lambda v: v._round_key()).items():
            rounds = round_model._of_key(key)
            changed = visits.filtered(lambda v, rounds=rounds: v.round_id != rounds)
            if changed:
                changed.write({"round_id": rounds.id})
                rounds._sort_route()

    def _round_key(self):
        self.ensure_one()
        return (self.company_id.id, self.date, self.user_id.id, self.firm_id.id)

    def _route_key(self):
        """The place of the visit on a route, see :func:`..engine.route.stop_key`."""
        self.ensure_one()
        address = self.address_id
        key = route.stop_key(
            address.country_id.code, address.zip, address.city, address.street
        )
        return (*key, self.id)

    # ------------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------------

    def _as_reminder(self):
        """The reminder that the visit makes, or one that stands in for it.

        Contact rules are asked about reminders. A visit without one is for all that
        the debtor owes.
        """
        self.ensure_one()
        if self.reminder_id.channel == "visit":
            return self.reminder_id
        model = self.env["credit.reminder"]
        company = self.company_id or self.env.company
        debtor = self.partner_id._origin or self.partner_id
        items = self.env["credit.answer"].sudo()._open_items(debtor, company)
        return model.new(
            {
                "company_id": company.id,
                "partner_id": debtor.id,
                "contact_id": self.address_id._origin.id or debtor.id,
                "channel": "visit",
                "line_ids": [
                    fields.Command.create({"move_line_id": item.id}) for item in items
                ],
            }
        )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_cancel(self):
        """Nobody goes there; the reminder waits for another visit."""
        self.check_access("write")
        self._cancel(self.env._("Cancelled by %s.", self.env.user.name))
        return True

    def _cancel(self, reason):
        """Drop what is planned.

        :param str reason: for the visitor, who may be on the way
        """
        planned = self.sudo().filtered(lambda visit: visit.state == "planned")
        planned.write({"state": "cancelled", "cancel_reason": reason})

    def action_replan(self):
        """Plan another visit after one that missed the debtor."""
        self.ensure_one()
        self.check_access("write")
        waiting = self.reminder_id.state == "to_approve"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan Again"),
            "res_model": "credit.visit",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
            "context": {
                "default_company_id": self.company_id.id,
                "default_partner_id": self.partner_id.id,
                "default_reminder_id": self.reminder_id.id if waiting else False,
                "default_address_id": self.address_id.id,
                "default_user_id": self.user_id.id,
                "default_firm_id": self.firm_id.id,
                "default_hour_from": self.hour_from,
                "default_hour_to": self.hour_to,
                "default_note": self.note,
                "default_replaces_id": self.id,
            },
        }

    def action_report(self):
        """Open the visitor's form."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/my/visits/{self.round_id.id}/{self.id}",
            "target": "self",
        }

    def action_view_round(self):
        """Open the round to which the visit belongs."""
        self.ensure_one()
        return self.round_id._get_records_action()

    def _hours_text(self):
        """Between which hours, for people."""
        self.ensure_one()
        return self.env._(
            "between %(start)s and %(stop)s",
            start=clock(self.hour_from),
            stop=clock(self.hour_to),
        )

    def _when_text(self):
        """Day and hours, for people."""
        self.ensure_one()
        day = format_date(self.env, self.date, date_format="EEEE d MMMM y")
        return f"{day}, {self._hours_text()}"


def minutes(hour):
    """Minutes since midnight of an hour that is stored as a decimal number."""
    return round((hour or 0.0) * 60)


def clock(hour):
    """An hour as a clock shows it: ``09:30``."""
    hours, rest = divmod(minutes(hour), 60)
    return f"{hours:02d}:{rest:02d}"


def moment(day, minute, zone):
    """The moment of a minute of a day in a time zone: naive, in UTC."""
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    aware = pytz.timezone(zone).localize(local)
    return aware.astimezone(pytz.utc).replace(tzinfo=None)
