"""What a collector sees while calling: number, time, what is owed, history."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

#: Contacts shown while calling.
LAST = 8


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    call_first = fields.Boolean(
        compute="_compute_call_first",
        search="_search_call_first",
        help="The one of the debtor's calls that stands in the list for all of them.",
    )
    call_contact_id = fields.Many2one(
        "res.partner", string="To call", compute="_compute_call"
    )
    call_number = fields.Char(string="Telephone", compute="_compute_call")
    call_number_text = fields.Char(string="Telephone number", compute="_compute_call")
    call_problem = fields.Char(compute="_compute_call")
    call_time = fields.Char(string="Local time", compute="_compute_call")
    call_attempt_text = fields.Char(string="Attempt", compute="_compute_call")
    call_wait_text = fields.Text(
        compute="_compute_call_wait",
        help="Why the debtor can't be called at this moment.",
    )
    call_after = fields.Datetime(
        string="Call not before",
        compute="_compute_call_wait",
        help="The next moment at which the debtor may be called, if it is not now.",
    )
    call_now = fields.Boolean(
        string="To make now", compute="_compute_call_wait", search="_search_call_now"
    )
    call_owed_text = fields.Char(string="Owed", compute="_compute_call_details")
    call_rest_text = fields.Text(
        compute="_compute_call_details",
        help="What is owed besides the items, and what is in the debtor's favour.",
    )
    call_line_ids = fields.Many2many(
        "credit.reminder.line", string="Items", compute="_compute_call_details"
    )
    call_history_ids = fields.Many2many(
        "credit.contact.attempt",
        string="Last calls",
        compute="_compute_call_details",
    )
    call_reminder_ids = fields.Many2many(
        "credit.reminder", string="Last reminders", compute="_compute_call_details"
    )

    # ------------------------------------------------------------------
    # The list
    # ------------------------------------------------------------------

    @api.depends("state", "channel", "partner_id", "company_id")
    def _compute_call_first(self):
        first = self.search(
            Domain("id", "in", self.ids) & Domain("call_first", "=", True)
        )
        for reminder in self:
            reminder.call_first = reminder in first

    @api.model
    def _search_call_first(self, operator, value):
        if operator != "in":
            return NotImplemented
        first = Domain("channel", "=", "phone") & Domain(
            "id", "in", self._to_make_ids(self.env.companies)
        )
        return Domain.OR(first if wanted else ~first for wanted in value)

    @api.model
    def _search_call_now(self, operator, value):
        """Calls that the debtor may get at this moment, as their form says.

        Looked at anew each time: an hour that was allowed when the call was planned
        passes, and comes again the next day.
        """
        if operator != "in":
            return NotImplemented
        reached = self.search(
            Domain("call_first", "=", True)
            & (
                Domain("contact_after", "=", False)
                | Domain("contact_after", "<=", fields.Datetime.now())
            )
        )
        found = Domain("id", "in", reached.filtered("call_now").ids)
        return Domain.OR(found if wanted else ~found for wanted in value)

    @api.model
    def still_open(self, ids, opened=None):
        """Which of some calls are still to be made now, in the same order.

        The form asks before it shows one: what is settled by now is cancelled first.

        :param int opened: the one that somebody opens: it is shown at any hour, with
            the moment from which the debtor may be called
        """
        if self.has_access("write"):
            self.browse(ids)._refresh_calls()
        now = Domain("call_now", "=", True)
        if opened:
            now |= Domain("id", "=", opened)
        found = set(
            self.search(
                Domain("id", "in", ids) & Domain("call_first", "=", True) & now
            ).ids
        )
        return [id_ for id_ in ids if id_ in found]

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("contact_id", "partner_id", "channel", "attempt_ids", "step_id")
    def _compute_call(self):
        calls = self.filtered(lambda reminder: reminder.channel == "phone")
        found, places, tried = (
            calls._call_numbers(),
            calls._contact_places(),
            calls._tried(),
        )
        now = fields.Datetime.now()
        for reminder in self:
            usable = found.get(reminder)
            own = reminder.contact_id or reminder.partner_id
            person, number = usable[0] if usable else (own, None)
            reminder.call_contact_id = person
            reminder.call_number = number.e164 if number else False
            reminder.call_number_text = number.text if number else person.phone
            reminder.call_problem = reminder._call_problem(person, number)
            zone = places[reminder][0][0] if reminder in places else False
            reminder.call_time = zone and self.env._(
                "%(time)s (%(zone)s)",
                time=format_datetime(self.env, now, tz=zone, dt_format="EEEE, HH:mm"),
                zone=zone,
            )
            number = len(tried.get(reminder, ())) + 1
            count = reminder.step_id.attempt_count
            text = self.env._("%(number)s of %(count)s", number=number, count=count)
            if number > count:
                # More than the least: on other days, at other hours.
                text = self.env._(
                    "%(number)s (at least %(count)s)", number=number, count=count
                )
            reminder.call_attempt_text = text

    def _call_problem(self, person, number):
        """Why there is no number to call."""
        if number or self.channel != "phone":
            return False
        if not person.phone:
            return self.env._("%s has no telephone number.", person.display_name)
        return self.env._(
            "The number %(number)s of %(person)s is not valid, or was wrong.",
            number=person.phone,
            person=person.display_name,
        )

    @api.depends("contact_after", "channel", "state", "attempt_ids")
    def _compute_call_wait(self):
        now = fields.Datetime.now()
        waiting = self.filtered(
            lambda r: r.channel in ("phone", "visit") and r.state == "to_approve"
        )
        asked = waiting.filtered("call_requested")
        openings = (waiting - asked)._contact_openings() if waiting - asked else {}
        if asked:
            openings |= asked._contact_openings(requested=True)
        for reminder in self:
            opening, planned, text = (
                openings.get(reminder),
                reminder.contact_after,
                False,
            )
            after = opening.at if opening else now
            if after != now:
                text = reminder._contact_wait_text_of(opening)
            # None is never: no plan changes that.
            if after and planned and planned > after:
                text, after = reminder.contact_wait_text, planned
            reminder.call_wait_text = text
            reminder.call_after = after != now and after
            reminder.call_now = reminder in waiting and after == now

    @api.depends("partner_id", "company_id", "state", "line_ids", "attempt_ids")
    def _compute_call_details(self):
        for reminder in self:
            siblings = reminder._called_about()
            lines = siblings.line_ids.sorted(lambda line: (line.date_due, line.id))
            reminder.call_line_ids = lines
            reminder.call_owed_text = ", ".join(
                currency.format(sum(batch.mapped("amount_asked")))
                for currency, batch in siblings.grouped("currency_id").items()
            )
            reminder.call_rest_text = "\n".join(
                self.env._("%(label)s: %(value)s", label=label, value=text)
                for label, text in siblings._rest_texts()
            )
            debtor = Domain("partner_id", "=", reminder.partner_id.id) & Domain(
                "company_id", "=", reminder.company_id.id
            )
            reminder.call_history_ids = self.env["credit.contact.attempt"].search(
                debtor, limit=LAST
            )
            reminder.call_reminder_ids = self.search(
                debtor & Domain("state", "=", "sent") & self._domain_day_known(),
                limit=LAST,
            )

    def _called_about(self):
        """The reminders that a call is about: all that wait, or what it was about."""
        self.ensure_one()
        if self.channel == "phone" and self.state == "to_approve":
            return self | self._call_siblings()
        return self

    def _rest_texts(self):
        """What these reminders claim besides their items: (label, amount as text).

        With the items it comes to what is owed: charges are added, credits taken off.
        """
        charges, favour = [], []
        for currency, batch in self.grouped("currency_id").items():
            credit = sum(batch.mapped("amount_credit"))
            charged = sum(batch.mapped("amount_total")) + credit
            charged -= sum(batch.line_ids.mapped("amount_residual"))
            if not currency.is_zero(charged):
                charges.append(currency.format(charged))
            if not currency.is_zero(credit):
                favour.append(currency.format(-credit))
        rows = (
            (self.env._("Interest and charges"), ", ".join(charges)),
            (self.env._("In the debtor's favour, not matched yet"), ", ".join(favour)),
        )
        return [row for row in rows if row[1]]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_call_outcome(self):
        """Record an attempt whose outcome says all: no answer, busy, a message left."""
        self.ensure_one()
        self.env["credit.contact.attempt"].create(
            {"reminder_id": self.id, "outcome": self.env.context["outcome"]}
        )
        return True

    def action_call_note(self):
        """Record an attempt with a note or the time to call back, in a dialog."""
        self.ensure_one()
        defaults = self._attempt_defaults()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Call to %s", self.partner_id.display_name),
            "res_model": "credit.contact.attempt",
            "view_mode": "form",
            "views": [
                (
                    self.env.ref(
                        "credit_management.credit_contact_attempt_view_dialog"
                    ).id,
                    "form",
                )
            ],
            "target": "new",
            "context": {
                "default_reminder_id": self.id,
                "default_outcome": self.env.context.get("outcome"),
                "default_number": defaults["number"],
                "default_company_id": defaults["company_id"],
                "default_partner_id": defaults["partner_id"],
                "default_contact_id": defaults["contact_id"],
                "default_callback_at": self._callback_proposal(),
            },
        }

    def _callback_proposal(self):
        """When to call back unless something else is said: the same time tomorrow.

        Only for an outcome that asks for one.
        """
        if self.env.context.get("outcome") != "call_back":
            return False
        return fields.Datetime.add(fields.Datetime.now(), days=1)

    def action_call_promise(self):
        """Note a promise for what is overdue."""
        debtor = self.partner_id.with_company(self.company_id)
        return self._during_call(debtor.action_credit_promise())

    def action_call_plan(self):
        """Agree on instalments for what is overdue."""
        debtor = self.partner_id.with_company(self.company_id)
        return self._during_call(debtor.action_credit_plan())

    def action_call_dispute(self):
        """Note that the debtor contests an invoice: the oldest one is proposed."""
        self.ensure_one()
        invoice = self.call_line_ids[:1].move_line_id.move_id
        return self._during_call(invoice.action_credit_dispute())

    def action_call_partner(self):
        """Open the debtor's file."""
        return self.partner_id._credit_file_action()
