"""What a visitor typed, understood or refused; every text here is from anybody."""

from datetime import timedelta

from odoo import api, fields, models

from ..engine.inputs import BadInput, parse_number, parse_time
from .credit_account import Refused
from .credit_account_answers import MOST_NAME
from .credit_visit import moment
from .credit_visit_words import ENTITLED

#: By how much the clock at the door may be fast.
FAST = timedelta(minutes=5)
#: Selections that a visitor may leave open.
SEEN = ("activity", "assets", "occupation", "willingness", "ability")


class CreditVisit(models.Model):
    _inherit = "credit.visit"

    def _take_report(self, form, files, reporter, enforce=True):
        """Take the report of a page, once.

        :param form: multi-dictionary of texts, from anybody
        :param files: uploads
        :param str reporter: who reports, for people
        :param bool enforce: hold a promise against what debtors may promise alone
        :return str: ``taken``, or ``before`` where a report had come in already
        :raise Refused: in words for the visitor; nothing is written
        """
        self.ensure_one()
        sent, first = self.round_id._use_form(self, form)
        if not first:
            return sent.told or "before"
        values = {} if self.reported_at else self._read_form(form)
        photos = None
        if values:
            photos = self.env["credit.account"]._files(self._account(), "photo", files)
        house = self._in_house(self.company_id, self._collector())
        taken = values and house._register_report(values, reporter, enforce, photos)
        sent.told = "taken" if taken else "before"
        return sent.told

    def _read_form(self, form):
        """The fields of the report, from what was typed.

        :raise Refused: for what can't be meant
        """
        _ = self.env._
        if self.date > self.company_id._credit_today():
            raise Refused(_("This visit is for a later day."))
        outcome = self._code(form, "outcome")
        if not outcome:
            raise Refused(_("Please say what you found."))
        values = {
            "outcome": outcome,
            "visited_at": self._visited_at(form),
            "said": self._typed(form, "said"),
            **{name: self._code(form, name) for name in SEEN},
        }
        role = self._code(form, "met_role")
        if outcome in ("met", "other", "refused"):
            values["met_role"] = self._checked_role(outcome, role)
        if values.get("met_role") in ENTITLED:
            values["met_name"] = self._typed(form, "met_name", MOST_NAME)
            values["paper_given"] = bool(form.get("paper_given"))
        values.update(self._read_money(form, outcome))
        return values

    def _checked_role(self, outcome, role):
        """Who was met, as far as it fits what was found.

        :raise Refused: if it does not
        """
        if outcome == "met" and role not in ENTITLED:
            raise Refused(self.env._("Please say whom you met."))
        if outcome == "other" and (not role or role in ENTITLED):
            raise Refused(
                self.env._(
                    "Please say whom you met instead of the debtor: what they are, not "
                    "who."
                )
            )
        return role or "debtor"

    def _read_money(self, form, outcome):
        """What was promised and paid: nothing but by the debtor.

        :raise Refused: if somebody else did, or it is no amount and no day
        """
        _ = self.env._
        names = ("promised_date", "promised_amount", "paid_amount")
        typed = {name: (form.get(name) or "").strip() for name in names}
        currency = self._read_currency(form)
        if not any(typed.values()):
            return {"paid_currency_id": currency.id}
        if outcome not in ("met", "refused"):
            raise Refused(
                _(
                    "Only the debtor may promise or pay at the door. Never take money "
                    "from anybody else."
                )
            )
        service, account = self.env["credit.account"], self._account()
        values = {"paid_currency_id": currency.id}
        if typed["promised_date"]:
            values["promised_date"] = service._day(account, typed, "promised_date")
        elif typed["promised_amount"]:
            raise Refused(_("Please give the day for which it was promised."))
        for name in ("promised_amount", "paid_amount"):
            if typed[name]:
                values[name] = service._amount(account, typed, name, currency)
        if values.get("paid_amount"):
            values["paid_method"] = self._code(form, "paid_method")
            if not values["paid_method"]:
                raise Refused(_("Please say how it was paid."))
        return values

    def _read_currency(self, form):
        """The currency that was chosen, one of those that are owed."""
        known = self._form_currencies()
        text = form.get("currency")
        if not text:
            return known[:1]
        try:
            chosen = parse_number(text, least=1)
        except BadInput:
            chosen = 0
        currency = known.filtered(lambda one: one.id == chosen)
        if not currency:
            raise Refused(self.env._("This currency is not owed here."))
        return currency

    def _form_currencies(self):
        """The currencies that may be paid in: the reminder's, then others owed."""
        items = self.env["credit.answer"]._open_items(self.partner_id, self.company_id)
        currencies = self.reminder_id.currency_id | items.currency_id
        return currencies or self.company_id.currency_id

    def _visited_at(self, form):
        """The moment of the visit, by the clock at the door: naive, in UTC.

        :raise Refused: for no time, or one that is still to come
        """
        text, now = form.get("visited_time"), fields.Datetime.now()
        if not text:
            return min(self.start_at, now)
        try:
            minute = parse_time(text)
        except BadInput:
            raise Refused(
                self.env._("Please give the time of the visit: 14:05")
            ) from None
        zone = self._as_reminder()._contact_place(())[0][0]
        visited_at = moment(self.date, minute, zone)
        if visited_at > now + FAST:
            raise Refused(self.env._("This time is still to come."))
        return min(visited_at, now)

    def _code(self, form, name):
        """One of the codes of a selection; false where none was chosen.

        :raise Refused: for any other
        """
        code = form.get(name) or False
        if code and code not in dict(self._fields[name].selection):
            raise Refused(self.env._("Please choose one of the answers."))
        return code

    def _typed(self, form, name, most=None):
        options = {"most": most} if most else {}
        text = self.env["credit.account"]._text(self._account(), form, name, **options)
        return text or False


class CreditAccount(models.AbstractModel):
    _inherit = "credit.account"

    @api.model
    def _field_label(self, account, name):
        # EXTENDS credit.account: what stands beside the fields of a visitor's report
        visit = account.env["credit.visit"]
        if name == "photo":
            return account.env._("Photos")
        if name in ("said", "met_name", "promised_date", "promised_amount"):
            return visit._fields[name]._description_string(account.env)
        return super()._field_label(account, name)
