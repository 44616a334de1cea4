"""The fields of the forms on the debtor's page: understood, or refused by name.

Whoever filled in a form is told which field is to be mended, and how, in the words that
stand beside it.
"""

from datetime import timedelta

from odoo import api, models
from odoo.tools.misc import get_lang

from ..engine.inputs import BadInput, clean_text, parse_amount, parse_day
from ..report.wording import day_text
from .credit_account import Refused

MOST_TEXT = 5000


class CreditAccount(models.AbstractModel):
    _inherit = "credit.account"

    @api.model
    def _field_label(self, account, name):
        """What stands beside a field of the page."""
        _ = account.env._
        kind, _dash, rank = name.rpartition("_")
        numbered = {"promise_date": _("Day"), "promise_amount": _("Amount")}
        if kind in numbered:
            return f"{numbered[kind]} {rank}"
        return {
            "dispute_amount": _("Amount, if only a part"),
            "dispute_file": _("Files"),
            "dispute_reason": _("Reason"),
            "dispute_text": _("What is wrong"),
            "message_text": _("Your message"),
            "paid_amount": _("Amount"),
            "paid_date": _("Day of the payment"),
            "paid_file": _("Proof"),
            "paid_text": _("A word about it"),
            "part": _("A part, the oldest first"),
            "plan_first_date": _("First day"),
            "plan_frequency": _("How often"),
            "plan_name": _("First and last name"),
            "plan_note": _("A word about it"),
            "plan_number": _("Instalments"),
            "promise_note": _("A word about it"),
            "wrong_text": _("The right one, or whom to write to"),
        }[name]

    @api.model
    def _refused(self, account, name, text):
        """A refusal that names the field.

        :param str text: what to do, as the rest of a sentence
        """
        label = self._field_label(account, name)
        # Of languages, some set a blank before the colon.
        sentence = account.env._("%(field)s: %(text)s", field=label, text=text)
        return Refused(sentence, field=name)

    @api.model
    def _text(self, account, form, name, required=False, most=MOST_TEXT):
        try:
            text = clean_text(form.get(name) or "", most)
        except BadInput:
            problem = account.env._("please write at most %s characters.", most)
            raise self._refused(account, name, problem) from None
        if required and not text:
            problem = account.env._("please write a few words.")
            raise self._refused(account, name, problem)
        return text

    @api.model
    def _day(self, account, form, name):
        try:
            return parse_day(form.get(name))
        except BadInput:
            example = day_text(account.env, account.today + timedelta(days=7))
            problem = account.env._("please give a day, such as %s.", example)
            raise self._refused(account, name, problem) from None

    @api.model
    def _amount(self, account, form, name, currency):
        places = currency.decimal_places
        try:
            return float(parse_amount(form.get(name), places))
        except BadInput:
            problem = self._amount_problem(account, places)
            raise self._refused(account, name, problem) from None

    @api.model
    def _amount_problem(self, account, places):
        point = get_lang(account.env).decimal_point
        example = f"150{point}{'0' * places}" if places else "150"
        return account.env._(
            "please write the amount as a number, such as %s.", example
        )
