"""What the cover sheet of a hand-off file says, in the language of the environment."""

from odoo import api, fields, models

from odoo.addons.credit_management.models.credit_regime_resolution import to_minor
from odoo.addons.credit_management.report.wording import day_text, joined, moment_text

from ..report.company_number import number_name


class CreditHandoffTexts(models.AbstractModel):
    _name = "credit.handoff.texts"
    _description = "Texts of the Cover Sheet"

    @api.model
    def _day(self, day):
        return day_text(self.env, day)

    @api.model
    def _address(self, partner):
        """Name, address and numbers, a line each."""
        address = partner._display_address(without_company=True)
        lines = [partner.name, *address.splitlines()]
        if registry := partner.company_registry:
            name = number_name(partner.country_id.code, registry)
            lines.append(
                self.env._("Company number %s", registry)
                if name is None
                else f"{name} {registry}".strip()
            )
        if partner.vat:
            lines.append(self.env._("VAT number %s", partner.vat))
        lines += [partner.phone, partner.email]
        return [line.strip() for line in lines if line and line.strip()]

    @api.model
    def _sums(self, claim, money_of, case):
        """The sums of the claim: list of (label, amount)."""
        _ = self.env._
        money, currency = money_of(case.currency_id), case.currency_id

        def shown(text):
            return money(to_minor(float(text), currency))

        rows = [(_("Open amount"), shown(claim["principal"]))]
        rows += [(one["name"], shown(one["amount"])) for one in claim["charges"]]
        if float(claim["earlier_charges"]):
            label = _("Charges of earlier reminders")
            rows.append((label, shown(claim["earlier_charges"])))
        if float(claim["costs"]):
            rows.append((_("Costs"), shown(claim["costs"])))
        if float(claim["overpaid"]):
            rows.append((_("Paid too much"), shown(f"-{claim['overpaid']}")))
        return {
            "rows": rows,
            "total": shown(claim["total_with_costs"]),
            "complete": claim["complete"],
            "credits": shown(claim["unmatched_credits"])
            if float(claim["unmatched_credits"])
            else "",
        }

    @api.model
    def _items(self, items, case):
        money = self.env["credit.calculation"]._money_of(case.currency_id)

        def shown(text):
            return money(to_minor(float(text), case.currency_id))

        lines = case.line_ids.filtered(
            lambda line: line.move_line_id and not line.date_withdrawn
        )
        return [
            {
                "name": item["number"],
                "date": self._day(line.date_invoice),
                "due": self._day(line.date_due),
                "amount": shown(item["amount"]),
                "open": shown(item["open"]),
                "step": item["last_step"] or "",
            }
            for line, item in zip(lines, items, strict=True)
        ]

    @api.model
    def _booked(self, documents, case):
        """Debit notes for charges that are no items of the case, a row each."""
        money = self.env["credit.calculation"]._money_of(case.currency_id)
        return [
            {
                "name": document["number"],
                "date": self._day(fields.Date.to_date(document["date"])),
                "amount": money(to_minor(float(document["amount"]), case.currency_id)),
                "open": money(to_minor(float(document["open"]), case.currency_id)),
            }
            for document in documents
        ]

    @api.model
    def _reminders(self, reminders):
        """Reminders and what is known of their delivery, a row each."""
        channels = dict(reminders._fields["channel"]._description_selection(self.env))
        return [
            {
                "date": self._day(reminder.date_done),
                "name": reminder.name,
                "step": reminder.step_id.name,
                "formal": reminder.step_id.formal_notice,
                "channel": channels.get(reminder.channel, reminder.channel),
                "contact": reminder.contact_id.display_name or "",
                "proof": self._proof(reminder),
            }
            for reminder in reminders
        ]

    @api.model
    def _proof(self, reminder):
        """What proves that a reminder arrived, in one line."""
        _ = self.env._
        tz = reminder.company_id.credit_tz
        states = dict(
            reminder._fields["delivery_state"]._description_selection(self.env)
        )
        parts = []
        if reminder.date_sent:
            moment = moment_text(self.env, reminder.date_sent, tz)
            parts.append(_("left on %s", moment))
        if reminder.tracking_number:
            parts.append(_("tracking number %s", reminder.tracking_number))
        events = reminder.postal_event_ids.filtered(lambda event: not event.struck)
        posts = dict(events._fields["state"]._description_selection(self.env))
        parts += [
            f"{posts[event.state]} {self._day(event.date)}"
            for event in events.sorted("id")
        ]
        if reminder.date_opened:
            moment = moment_text(self.env, reminder.date_opened, tz)
            parts.append(_("page opened on %s", moment))
        if not events and reminder.delivery_state not in (False, "pending"):
            parts.append(states[reminder.delivery_state])
        return joined(self.env, parts)
